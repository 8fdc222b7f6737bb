"""How far something is, told to people who wait for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TaskID, TextColumn, TransferSpeedColumn

from spectron.terminal.tables import plain

NAME_WIDTH = 32

Told = Callable[[int, int | None], None]
"""Takes how many bytes are done, and of how many if that is known."""


class Meter:
    """One bar for all of it and one for what is at work; nothing at all where nobody watches."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._whole: TaskID | None = None

    def expect(self, total: int) -> None:
        """Say how many bytes there will be in all."""
        if self._progress:
            self._whole = self._progress.add_task("all", total=total)

    @contextmanager
    def part(self, name: str) -> Iterator[Told]:
        """A bar for one file, gone when it is done; what it counts counts for all."""
        if self._progress is None:
            yield lambda done, total: None  # noqa: ARG005 - nobody watches
            return
        progress, whole, counted = self._progress, self._whole, 0
        task = progress.add_task(_short(plain(name)), total=None)

        def told(done: int, total: int | None) -> None:
            nonlocal counted
            progress.update(task, completed=done, total=total)
            if whole is not None:
                progress.advance(whole, done - counted)
            counted = done

        try:
            yield told
        finally:
            progress.remove_task(task)

    def say(self, name: str, text: str) -> None:
        """What happens to something whose bytes are done."""
        if self._progress and self._whole is not None:
            self._progress.update(self._whole, description=_short(plain(f"{name}: {text}")))


@contextmanager
def meter(console: Console, *, quiet: bool) -> Iterator[Meter]:
    """A meter on a terminal that somebody watches."""
    if quiet or not console.is_terminal:
        yield Meter(None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Meter(progress)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= NAME_WIDTH else f"…{line[-NAME_WIDTH + 1 :]}"
