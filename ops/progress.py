"""How far a long piece of work is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

from spectron.terminal.tables import plain
from spectron.terminal.terminal import Terminal

Advance = Callable[[int], None]


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


@contextmanager
def shown(terminal: Terminal) -> Iterator[Reporter]:
    """Bars on standard error where a person looks at them, nothing anywhere else."""
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
