"""Telling how far a piece of work has come without holding it up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Progress(Generic[T]):
    """Writes notes beside the work; while one is written, only the last of those that follow waits for its turn."""

    def __init__(self, write: Callable[[T], Awaitable[None]]) -> None:
        self._write = write
        self._next: T | None = None
        self._writing: asyncio.Task[None] | None = None

    def note(self, what: T) -> None:
        self._next = what
        if self._writing is None or (self._writing.done() and not self._failed):
            self._writing = asyncio.create_task(self._drain())

    async def settled(self) -> None:
        """Wait until the last note is written; raises what went wrong with any."""
        if self._writing:
            await self._writing

    async def given_up(self) -> None:
        """Wait until nothing is written any more, whatever came of it; for the way out of a failure."""
        self._next = None
        if self._writing:
            await asyncio.wait({self._writing})
            self._writing.exception()

    @property
    def _failed(self) -> bool:
        return self._writing is not None and self._writing.done() and self._writing.exception() is not None

    async def _drain(self) -> None:
        while self._next is not None:
            what, self._next = self._next, None
            await self._write(what)
