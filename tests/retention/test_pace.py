"""How long a sweep rests, beside others and alone."""

import asyncio

from server.observe.traffic import Traffic
from server.retention.pace import BUSY, CALM, LARGE, SMALL, UNSEEN, Pace
from tests.support.clock import ManualClock


class Watched(ManualClock):
    """A clock that notes each rest, while others ask for something in those that a test says."""

    def __init__(self, traffic: Traffic, busy: list[bool]) -> None:
        super().__init__()
        self.rests: list[float] = []
        self._traffic = traffic
        self._busy = busy

    async def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self._traffic.arrived += self._busy.pop(0)
        await asyncio.sleep(0)


async def went(busy: list[bool], took: float = 2.0, *, alone: bool = True) -> list[tuple[float, int]]:
    """Of each rest its part of the work before, and how many records the work after it is about."""
    traffic = Traffic(7)
    clock = Watched(traffic, busy)
    pace = Pace(clock, traffic, alone=alone)
    assert pace.page == LARGE
    pages = []
    for _ in range(len(busy)):
        await pace.rest(took)
        pages.append(pace.page)
    return list(zip((rest / took for rest in clock.rests), pages, strict=True))


async def test_alone_it_rests_little() -> None:
    assert await went([False] * 3) == [(CALM, LARGE)] * 3


async def test_beside_processes_that_it_does_not_see_it_rests_longer() -> None:
    assert await went([False] * 3, alone=False) == [(UNSEEN, LARGE)] * 3


async def test_beside_others_it_does_less_and_rests_longer_until_they_have_stopped_for_a_while() -> None:
    found = await went([True] * 2 + [False] * 9)
    assert found[:4] == [(CALM, SMALL), (BUSY, SMALL), (BUSY, SMALL), (BUSY / 2, SMALL)]
    falling = [part for part, _ in found[2:]]
    assert falling == sorted(falling, reverse=True)
    assert found[-1] == (CALM, LARGE)


async def test_it_notices_what_is_asked_for_during_its_work() -> None:
    traffic = Traffic()
    pace = Pace(ManualClock(), traffic, alone=True)
    traffic.arrived += 1
    await pace.rest(1.0)
    assert pace.page == SMALL
