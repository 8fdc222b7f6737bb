"""Signs of life in a stream whose next event takes its time."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

from server.core.clock import Clock
from server.core.waiting import happened

HEARTBEAT_SECONDS = 15.0
One = TypeVar("One")


async def beating(
    events: AsyncGenerator[One, None], clock: Clock, seconds: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[One | None, None]:
    """The events, and None whenever none came for that long, so that nobody on the way takes the connection for dead.

    All of them are made in one task, which ends when the reader leaves.
    """
    come: deque[One] = deque()
    news = asyncio.Event()

    async def follow() -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    come.append(event)
                    news.set()
        finally:
            news.set()

    following = asyncio.create_task(follow())
    try:
        while True:
            news.clear()
            while come:
                yield come.popleft()
            if following.done():
                await following
                return
            if not await happened(news, clock, seconds):
                yield None
    finally:
        following.cancel()
        await asyncio.wait({following})
