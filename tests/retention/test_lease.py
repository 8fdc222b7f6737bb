"""Who may sweep, whatever clocks and crashes come in between."""

import asyncio
from datetime import timedelta

from server.retention.lease import SPAN, Held, Lease
from server.store.engine import Database
from tests.retention.conftest import Memory
from tests.support.clock import ManualClock


def lease(memory: Memory, clock: ManualClock | None = None) -> Lease:
    return Lease(memory.server.control.metadata, clock or memory.clock, "sweep")


async def test_one_at_a_time_and_each_under_a_higher_fence(memory: Memory) -> None:
    first = await lease(memory).acquire("one")
    assert first == Held("one", 1)
    assert await lease(memory).acquire("two") is None
    assert await lease(memory).holder() == "one"
    await lease(memory).release(first)
    assert await lease(memory).holder() is None
    assert await lease(memory).acquire("two") == Held("two", 2)


async def test_of_many_that_ask_at_once_one_gets_it(memory: Memory) -> None:
    for _ in range(5):
        asked = [lease(memory).acquire(f"holder-{number}") for number in range(8)]
        won = [held for held in await asyncio.gather(*asked) if held]
        assert len(won) == 1
        await lease(memory).release(won[0])


async def test_it_lapses_unless_it_is_renewed(memory: Memory) -> None:
    held = await lease(memory).acquire("one")
    assert held
    memory.clock.advance(SPAN.total_seconds() - 1)
    assert await lease(memory).renew(held) == held
    memory.clock.advance(SPAN.total_seconds() - 1)
    assert await lease(memory).acquire("two") is None
    memory.clock.advance(2)
    assert await lease(memory).acquire("two") == Held("two", 2)
    assert await lease(memory).renew(held) is None


async def test_who_was_late_but_not_replaced_keeps_it(memory: Memory) -> None:
    held = await lease(memory).acquire("one")
    assert held
    memory.clock.advance(10 * SPAN.total_seconds())
    assert await lease(memory).renew(held) == held
    assert await lease(memory).acquire("two") is None


async def test_releasing_what_another_has_changes_nothing(memory: Memory) -> None:
    held = await lease(memory).acquire("one")
    assert held
    memory.clock.advance(2 * SPAN.total_seconds())
    await lease(memory).acquire("two")
    await lease(memory).release(held)
    assert await lease(memory).holder() == "two"


async def test_the_fence_can_be_raised_by_its_holder(memory: Memory) -> None:
    held = await lease(memory).acquire("one")
    assert held
    raised = await lease(memory).renew(held, fence=41)
    assert raised == Held("one", 41)
    assert await lease(memory).renew(held) is None
    await lease(memory).release(raised)
    assert await lease(memory).acquire("two") == Held("two", 42)


async def test_a_lease_from_a_clock_that_was_wrong_binds_nobody(memory: Memory) -> None:
    ahead = ManualClock(memory.clock.now() + timedelta(days=4000))
    assert await lease(memory, ahead).acquire("one")
    assert await lease(memory).acquire("two") == Held("two", 2)


async def test_leases_of_other_names_are_others(memory: Memory) -> None:
    metadata: Database = memory.server.control.metadata
    assert await lease(memory).acquire("one")
    assert await Lease(metadata, memory.clock, "decay").acquire("one") == Held("one", 1)


async def test_it_can_be_ended_for_whoever_is_gone(memory: Memory) -> None:
    assert await lease(memory).acquire("one")
    await lease(memory).lapse()
    assert await lease(memory).acquire("two") == Held("two", 2)
