"""How long a sweep rests, beside others and alone."""

import asyncio

from server.retention.pace import BUSY, CALM, Pace
from server.store.engine import EngineStats
from tests.support.clock import ManualClock


class Watched(ManualClock):
    """A clock that notes each rest, while others ask for something in those that a test says."""

    def __init__(self, stats: EngineStats, busy: list[bool]) -> None:
        super().__init__()
        self.rests: list[float] = []
        self._stats = stats
        self._busy = busy

    async def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self._stats.queries += self._busy.pop(0)
        await asyncio.sleep(0)


async def rests(busy: list[bool], took: float = 2.0) -> list[float]:
    stats = EngineStats()
    clock = Watched(stats, busy)
    pace = Pace(clock, stats)
    for _ in range(len(busy)):
        await pace.rest(took)
        stats.queries += 3
    return [rest / took for rest in clock.rests]


async def test_alone_it_rests_little_whatever_it_asks_itself() -> None:
    assert await rests([False] * 3) == [CALM] * 3


async def test_beside_others_it_rests_longer_and_then_less_again() -> None:
    assert await rests([True] * 4 + [False] * 4) == [
        CALM, 2 * CALM, BUSY, BUSY, BUSY, BUSY / 2, CALM, CALM,
    ]  # fmt: skip
