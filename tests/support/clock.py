"""Clocks for tests that do not want to wait."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


class ManualClock:
    """Stands still until it is told to go on; a sleep moves it and is over at once."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._elapsed = 0.0
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds


class FakeClock(ManualClock):
    """For a whole server: short pauses pass at once, what sleeps a second or longer waits until the test gets there.

    So polling and retrying end by themselves, and what the server does every few seconds happens when the test says so.
    """

    def __init__(self, start: datetime = START) -> None:
        super().__init__(start)
        self.short_seconds = 1.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        if seconds < self.short_seconds:
            await super().sleep(seconds)
            return
        self.sleeps.append(seconds)
        sleeper = (self.monotonic() + seconds, asyncio.Event())
        self._sleepers.append(sleeper)
        try:
            await sleeper[1].wait()
        finally:
            self._sleepers.remove(sleeper)

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        for wakes_at, event in self._sleepers:
            if wakes_at <= self.monotonic():
                event.set()
