"""What is told."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["failed", "recovered", "done", "test"]


@dataclass(frozen=True, slots=True)
class Event:
    """What became of one run of a job."""

    kind: Kind
    job: str
    at: datetime
    host: str
    exit_code: int
    message: str

    @property
    def is_news(self) -> bool:
        """Whether people have to be told; a run that went well as ever is for the ping alone."""
        return self.kind != "done"

    @property
    def subject(self) -> str:
        words = {"failed": "failed", "recovered": "works again", "done": "done", "test": "is only tested"}
        return f"Spectron on {self.host}: {self.job} {words[self.kind]}"

    def view(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat()}
