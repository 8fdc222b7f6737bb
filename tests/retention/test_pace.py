"""How long a sweep rests, beside others and alone."""

import asyncio

from server.retention.pace import BUSY, CALM, LARGE, SMALL, Pace
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


async def went(busy: list[bool], took: float = 2.0) -> list[tuple[float, int]]:
    """Of each rest its part of the work before, and how many records the work after it is about."""
    stats = EngineStats()
    clock = Watched(stats, busy)
    pace = Pace(clock, stats)
    assert pace.page == LARGE
    pages = []
    for _ in range(len(busy)):
        await pace.rest(took)
        pages.append(pace.page)
        stats.queries += 3
    return list(zip((rest / took for rest in clock.rests), pages, strict=True))


async def test_alone_it_rests_little_whatever_it_asks_itself() -> None:
    assert await went([False] * 3) == [(CALM, LARGE)] * 3


async def test_beside_others_it_does_less_and_rests_longer_until_they_have_stopped_for_a_while() -> None:
    found = await went([True] * 2 + [False] * 9)
    assert found[:4] == [(CALM, SMALL), (BUSY, SMALL), (BUSY, SMALL), (BUSY / 2, SMALL)]
    falling = [part for part, _ in found[2:]]
    assert falling == sorted(falling, reverse=True)
    assert found[-1] == (CALM, LARGE)
