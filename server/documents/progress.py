"""Writing down what is so for a while, and not what is over in a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from server.core.clock import Clock

MOMENT = 0.25

T = TypeVar("T")


class Progress(Generic[T]):
    """Writes notes beside the work, of those that follow each other within a moment only the last."""

    def __init__(self, write: Callable[[T], Awaitable[None]], clock: Clock, *, moment: float = MOMENT) -> None:
        self._write = write
        self._clock = clock
        self._moment = moment
        self._next: T | None = None
        self._pausing = False
        self._writing: asyncio.Task[None] | None = None

    def note(self, what: T) -> None:
        self._next = what
        if self._writing is None or (self._writing.done() and not self._error):
            self._writing = asyncio.create_task(self._drain())

    async def settled(self) -> None:
        """Have nothing written from here on but what is being written, and wait for that; raises what went wrong."""
        if error := await self._quiet():
            raise error

    async def given_up(self) -> None:
        """The same for the way out of a failure, whatever came of it."""
        await self._quiet()

    @property
    def _error(self) -> BaseException | None:
        done = self._writing is not None and self._writing.done() and not self._writing.cancelled()
        return self._writing.exception() if self._writing and done else None

    async def _quiet(self) -> BaseException | None:
        self._next = None
        if self._writing:
            if self._pausing:
                self._writing.cancel()
            await asyncio.wait({self._writing})
        return self._error

    async def _drain(self) -> None:
        while self._next is not None:
            self._pausing = True
            await self._clock.sleep(self._moment)
            self._pausing = False
            if (what := self._next) is not None:
                self._next = None
                await self._write(what)
