"""How far a long piece of work is."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

from spectron.terminal.tables import plain
from spectron.terminal.terminal import Terminal

Advance = Callable[[int], None]
LINES = "lines"
EVERY_SECONDS = 0.2


class Reporter(Protocol):
    """Is told of each part that begins, and of the bytes that are through."""

    def part(self, name: str, expected: int | None = None) -> Advance: ...


class Silent:
    """Tells nobody."""

    def part(self, name: str, expected: int | None = None) -> Advance:  # noqa: ARG002 - the interface names them
        return lambda _: None


class Bars:
    """A bar a part."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def part(self, name: str, expected: int | None = None) -> Advance:
        task = self._progress.add_task(plain(name), total=expected)
        return lambda count: self._progress.advance(task, count)


class Lines:
    """A JSON document a line, a few each second, for a program that shows them."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock

    def part(self, name: str, expected: int | None = None) -> Advance:
        done, said = 0, self._clock()

        def advance(count: int) -> None:
            nonlocal done, said
            done += count
            if done == expected or self._clock() - said >= EVERY_SECONDS:
                said = self._clock()
                self._say(name, done, expected)

        self._say(name, done, expected)
        return advance

    def _say(self, name: str, done: int, expected: int | None) -> None:
        self._stream.write(json.dumps({"part": name, "done": done, "expected": expected}) + "\n")
        self._stream.flush()


@contextmanager
def shown(terminal: Terminal) -> Iterator[Reporter]:
    """Bars on standard error where a person looks at them, lines where `SPECTRON_PROGRESS` asks for them."""
    if terminal.environ.get("SPECTRON_PROGRESS") == LINES:
        yield Lines(terminal.stderr, time.monotonic)
        return
    if not terminal.stderr.isatty():
        yield Silent()
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=terminal.stderr, markup=False, emoji=False)) as progress:
        yield Bars(progress)
