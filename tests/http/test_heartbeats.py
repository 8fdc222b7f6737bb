"""A stream that has nothing to say for a while shows that it is alive, and ends as it would have without."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from server.http.heartbeats import HEARTBEAT_SECONDS, beating
from tests.support.clock import FakeClock


class Slow:
    """Says a word each time it is allowed to, and whether somebody has closed it."""

    def __init__(self, *words: str, failure: Exception | None = None) -> None:
        self._words = words
        self._failure = failure
        self.go = asyncio.Semaphore(0)
        self.closed = False

    async def speak(self) -> AsyncGenerator[str, None]:
        try:
            for word in self._words:
                await self.go.acquire()
                yield word
            if self._failure:
                raise self._failure
        finally:
            self.closed = True


async def test_a_heartbeat_comes_whenever_nothing_else_did(clock: FakeClock) -> None:
    slow = Slow("one", "two")
    events = beating(slow.speak(), clock)
    for _ in range(2):
        beat = asyncio.ensure_future(anext(events))
        while not clock.sleeps:  # noqa: ASYNC110  # the clock has no event for it
            await asyncio.sleep(0)
        assert not beat.done()
        clock.advance(HEARTBEAT_SECONDS)
        assert await beat is None
        clock.sleeps.clear()
    slow.go.release()
    assert await anext(events) == "one"
    slow.go.release()
    assert [event async for event in events] == ["two"]
    assert slow.closed


async def test_an_error_comes_behind_what_was_said_before(clock: FakeClock) -> None:
    slow = Slow("one", failure=ValueError("no more"))
    slow.go.release()
    events = beating(slow.speak(), clock)
    assert await anext(events) == "one"
    with pytest.raises(ValueError, match="no more"):
        await anext(events)


async def test_a_reader_who_leaves_ends_what_makes_the_events(clock: FakeClock) -> None:
    slow = Slow("one", "two")
    slow.go.release()
    events = beating(slow.speak(), clock)
    assert await anext(events) == "one"
    await events.aclose()
    assert slow.closed
