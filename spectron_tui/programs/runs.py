"""Every command that was run since the dashboard was opened."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from spectron.errors import SpectronError
from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import Programs, Stream
from spectron_tui.programs.run import Run

ENDED_HERE = "It was ended from the dashboard."


class Runs:
    """Starts commands and keeps what becomes of them, whichever screen is looked at."""

    def __init__(self, programs: Programs, now: Callable[[], datetime], changed: Callable[[Run], None]) -> None:
        self._programs = programs
        self._now = now
        self._changed = changed
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.log: list[Run] = []

    @property
    def active(self) -> tuple[Run, ...]:
        return tuple(run for run in self.log if not run.ended)

    def start(self, command: Command, environ: Mapping[str, str], *, page: str | None = None, shown: str = "") -> Run:
        """Begin; the run tells by itself how it goes."""
        run = Run(len(self.log) + 1, command, self._now(), page=page, shown=shown)
        self.log.append(run)
        task = asyncio.create_task(self._follow(run, environ), name=f"run {run.number}")
        self._tasks[run.number] = task
        # Not at the end of the coroutine: one that is cancelled before its first step never comes to it.
        task.add_done_callback(lambda done: self._over(run, done))
        return run

    async def end(self, run: Run) -> None:
        """Have it leave, and wait until it has."""
        task = self._tasks.get(run.number)
        if task is not None and not task.done():
            if not task.cancelling():
                # A second time would interrupt the tidying up.
                task.cancel()
            await asyncio.wait([task])

    async def end_all(self) -> None:
        await asyncio.gather(*(self.end(run) for run in self.active))

    async def _follow(self, run: Run, environ: Mapping[str, str]) -> None:
        def hear(stream: Stream, text: str) -> None:
            run.hear(stream, text)
            self._changed(run)

        try:
            run.exit_code = await self._programs.run(run.command, environ, hear)
        except SpectronError as error:
            run.problem = str(error)

    def _over(self, run: Run, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            run.problem = ENDED_HERE
        run.ended_at = self._now()
        self._tasks.pop(run.number, None)
        self._changed(run)
