"""Waiting for something to happen, but not for ever."""

import asyncio

from server.core.clock import Clock


async def happened(event: asyncio.Event, clock: Clock, seconds: float) -> bool:
    """Wait for an event, at most that long by the clock, and tell whether it came."""
    waiting = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(clock.sleep(seconds))]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for future in waiting:
            future.cancel()
    return event.is_set()
