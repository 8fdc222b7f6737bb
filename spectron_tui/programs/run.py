"""A command at work, or one that has ended."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import Stream

KEPT_LINES = 20_000


@dataclass(frozen=True)
class Line:
    """One line that a command wrote."""

    stream: Stream
    text: str


@dataclass(frozen=True)
class Part:
    """A piece of the work, and how far it is in bytes."""

    name: str
    done: int
    expected: int | None


@dataclass
class Run:
    """What it says as it says it; the exit code is there when it has ended, the reason where it never began."""

    number: int
    command: Command
    started_at: datetime
    ended_at: datetime | None = None
    exit_code: int | None = None
    problem: str | None = None
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    said: int = 0
    """How many lines there were; more than are kept, if it said much."""
    part: Part | None = None
    page: str | None = None
    """The runbook that it was run from."""
    shown: str = ""
    """The command as it may be read and kept: filled in, without secrets."""

    def __post_init__(self) -> None:
        self.shown = self.shown or str(self.command)

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    @property
    def done(self) -> bool:
        """Whether it ended, and well."""
        return self.exit_code == 0

    def seconds(self, now: datetime) -> float:
        return max(0.0, ((self.ended_at or now) - self.started_at).total_seconds())

    def hear(self, stream: Stream, text: str) -> None:
        """Take a line; one that tells how far the work is replaces what was told before."""
        part = told(text) if stream is Stream.ERR else None
        if part is not None:
            self.part = part
            return
        self.lines.append(Line(stream, text))
        self.said += 1

    def output(self, stream: Stream) -> str:
        return "\n".join(line.text for line in self.lines if line.stream is stream)


def told(text: str) -> Part | None:
    """A line as the progress that it tells of, if it does."""
    if not text.startswith('{"part"'):
        return None
    try:
        document = json.loads(text)
        expected = document["expected"]
        return Part(str(document["part"]), int(document["done"]), None if expected is None else int(expected))
    except (ValueError, KeyError, TypeError):
        return None
