"""One call of a program."""

import shlex
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """The words of a command line, what it is for, and whether it changes anything."""

    words: tuple[str, ...]
    purpose: str
    changes: bool

    def __str__(self) -> str:
        return shlex.join(self.words)
