"""What is told."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from ops.pages import Page

Kind = Literal["failed", "recovered", "missed", "done", "test"]
WORDS: dict[Kind, str] = {
    "failed": "failed",
    "recovered": "works again",
    "missed": "did not run at its time",
    "done": "done",
    "test": "is only tested",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What became of one run of a job, and the page that says what to do about it."""

    kind: Kind
    job: str
    at: datetime
    host: str
    exit_code: int
    message: str
    runbook: Page | None = None

    @property
    def is_news(self) -> bool:
        """Whether people have to be told; a run that went well as ever is for the ping alone."""
        return self.kind != "done"

    @property
    def is_good(self) -> bool:
        """Whether the job did what it is there for."""
        return self.kind in {"done", "recovered"}

    @property
    def subject(self) -> str:
        return f"Spectron on {self.host}: {self.job} {WORDS[self.kind]}"

    def view(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat()}
