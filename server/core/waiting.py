"""Waiting for something to happen, but not for ever."""

import asyncio
import contextlib
from typing import Any

from server.core.clock import Clock

CANCEL_AGAIN_SECONDS = 1.0


async def happened(event: asyncio.Event, clock: Clock, seconds: float) -> bool:
    """Wait for an event, at most that long by the clock, and tell whether it came."""
    waiting = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(clock.sleep(seconds))]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for future in waiting:
            future.cancel()
    return event.is_set()


async def ended(task: asyncio.Task[Any], *, again_after: float = CANCEL_AGAIN_SECONDS) -> None:
    """Cancel a task as often as it takes: one that just gets an answer from a remote database may miss it once."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=again_after)
    with contextlib.suppress(asyncio.CancelledError):
        await task
