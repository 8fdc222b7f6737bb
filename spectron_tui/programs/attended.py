"""Commands whose askers may leave: each is ended then, and at the latest before the dashboard is left."""

import asyncio
from collections.abc import Mapping

from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import Programs, Said


class Attended:
    """Lets whoever asked go at once, and sees to the end of the command by itself."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._tasks: set[asyncio.Task[int]] = set()

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:
        task = asyncio.ensure_future(self._programs.run(command, environ, said))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            _cancel(task)
            raise

    async def end_all(self) -> None:
        """Wait until nothing is left of what was started."""
        for task in self._tasks:
            _cancel(task)
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _cancel(task: asyncio.Task[int]) -> None:
    """Once: a second time would interrupt the tidying up that the first one began."""
    if not task.cancelling():
        task.cancel()
