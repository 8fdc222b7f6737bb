"""One answer of a server, as a line of a recording."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from spectron_tui.transport.gate import reads

FORMAT = "spectron-recording"
VERSION = 1
JSON = "application/json"


@dataclass(frozen=True)
class Header:
    """The first line: whose answers follow."""

    url: str
    began_at: datetime

    def line(self) -> bytes:
        return _line({"format": FORMAT, "version": VERSION, "url": self.url, "began_at": self.began_at.isoformat()})


@dataclass(frozen=True)
class Answer:
    """What was asked, when it was answered, and with what; without a status nobody answered, and the body says why."""

    asked: str
    at: datetime
    status: int | None
    body: str
    kind: str = JSON

    def line(self, before: "Answer | None") -> bytes:
        """The answer as a line; a body that is the same as `before` is not written again."""
        entry: dict[str, Any] = {"at": self.at.isoformat(), "asked": self.asked, "status": self.status}
        if self.kind != JSON:
            entry["kind"] = self.kind
        if before is not None and (before.status, before.kind, before.body) == (self.status, self.kind, self.body):
            return _line({**entry, "same": True})
        return _line({**entry, "body": self.body})


def read_answer(entry: Mapping[str, Any], before: Mapping[str, Answer]) -> Answer:
    """The answer of a line; whatever is missing or of the wrong kind is an error of Python's own."""
    asked, status = entry["asked"], entry["status"]
    body = before[asked].body if entry.get("same") else entry["body"]
    kind = entry.get("kind", JSON)
    if not (isinstance(asked, str) and isinstance(body, str) and isinstance(kind, str)):
        raise TypeError("a text is missing")
    if status is not None and not isinstance(status, int):
        raise TypeError("the status is no number")
    return Answer(asked, moment(entry["at"]), status, body, kind)


def moment(text: str) -> datetime:
    """A time of the file; one without a zone is in UTC."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def asked(request: httpx.Request) -> str | None:
    """What a request asks for, or None where it would change something; of a body only the digest is told."""
    if not reads(request):
        return None
    question = f"{request.method} {request.url.raw_path.decode('ascii')}"
    return f"{question} {hashlib.sha256(request.content).hexdigest()[:16]}" if request.content else question


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
