"""A gate that many pass at once and that one may shut to be alone."""

import asyncio
from collections.abc import Awaitable
from typing import Any


class Gate:
    """Lets calls in until it is shut; whoever shuts it is alone once the last one has left."""

    def __init__(self) -> None:
        self._inside = 0
        self._open = asyncio.Event()
        self._open.set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def enter(self) -> None:
        """Pass when the gate is open; a caller cancelled while waiting has not passed."""
        while not self._open.is_set():
            await self._open.wait()
        self._inside += 1
        self._empty.clear()

    def leave(self) -> None:
        self._inside -= 1
        if self._inside == 0:
            self._empty.set()

    async def shut(self, patience: Awaitable[None] | None = None) -> bool:
        """Keep new callers out and wait for those inside.

        False, with the gate open again, if `patience` was over before the last one left.
        """
        self._open.clear()
        empty = asyncio.ensure_future(self._empty.wait())
        waiting: list[asyncio.Future[Any]] = [empty]
        if patience is not None:
            waiting.append(asyncio.ensure_future(patience))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._open.set()
            raise
        finally:
            for future in waiting:
                future.cancel()
        if self._inside:
            self._open.set()
            return False
        return True

    def reopen(self) -> None:
        self._open.set()
