"""What happens by the clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.control.audit import SYSTEM
from server.core.errors import UnavailableError
from server.retention.cleaning import Wanted
from tests.retention.conftest import Memory
from tests.retention.model import Policies, doomed
from tests.retention.world import NOW, World, names, store
from tests.support.app import CONTEXT, running
from tests.support.clock import FakeClock

HOUR = 3600.0
PATIENCE = 500


@pytest.fixture
async def scheduling(memory: Memory) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(memory.server.retention.scheduler.run())
    await asyncio.sleep(0)
    yield task
    task.cancel()
    await asyncio.wait({task})


async def finished(memory: Memory, count: int) -> list[datetime]:
    """When the sweeps began, as soon as there are so many that have ended."""
    for _ in range(PATIENCE):
        rows = await memory.server.retention.sweeps.page(limit=count + 5)
        ended = [row for row in rows if row.get("finished_at")]
        if len(ended) >= count:
            break
        await asyncio.sleep(0.01)
    assert len(ended) == count
    return [row["started_at"] for row in ended]


async def test_it_sweeps_every_hour(memory: Memory, scheduling: asyncio.Task[None]) -> None:
    world = World(5)
    await store(memory.database, world.records)
    for hour in range(1, 4):
        await settled(memory)
        memory.clock.advance(HOUR)
        began = await finished(memory, hour)
        assert began[0] - NOW == timedelta(hours=hour)
    gone = doomed(world.records, Policies(), NOW + timedelta(hours=1))
    assert await names(memory.database) == {record.name for record in world.records} - gone
    assert not scheduling.done()


async def settled(memory: Memory) -> None:
    """Until the scheduler sleeps."""
    for _ in range(PATIENCE):
        if HOUR in memory.clock.sleeps[-3:]:
            return
        await asyncio.sleep(0.01)


async def test_a_sweep_that_was_missed_is_made_soon(memory: Memory) -> None:
    scheduler = memory.server.retention.scheduler
    assert await scheduler.first_wait() == timedelta(hours=1)
    await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
    memory.clock.advance(20 * 60)
    assert await scheduler.first_wait() == timedelta(minutes=40)
    memory.clock.advance(5 * HOUR)
    assert await scheduler.first_wait() == timedelta(minutes=1)
    await memory.server.retention.sweeper.sweep(Wanted(frozenset({CONTEXT})), SYSTEM)
    assert await scheduler.first_wait() == timedelta(minutes=1)
    memory.clock.advance(-30 * 24 * HOUR)
    assert await scheduler.first_wait() == timedelta(hours=1)


async def test_what_fails_is_tried_again_a_minute_later(memory: Memory) -> None:
    scheduler = memory.server.retention.scheduler
    away = replace(scheduler, sweeper=memory.sweeper(await memory.under(Policies()), (), (Broken(),)))
    assert not await away.round()
    assert await scheduler.round()
    waiting = asyncio.create_task(away.run())
    for pause in (HOUR, 60.0, 60.0):
        for _ in range(PATIENCE):
            if memory.clock.sleeps[-1] == pause:
                break
            await asyncio.sleep(0.01)
        assert memory.clock.sleeps[-1] == pause
        memory.clock.advance(pause)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.wait({waiting})


class Broken:
    """A chore that can't be done."""

    name = "broken"

    async def tidy(self) -> int:
        raise UnavailableError("The store is away.")


async def test_another_ones_sweep_is_nothing_to_worry_about(memory: Memory) -> None:
    assert await memory.server.retention.lease.acquire("another")
    assert await memory.server.retention.scheduler.round()
    assert await memory.server.retention.sweeps.page(limit=1) == []


async def test_facts_fade_once_a_day_whoever_schedules(memory: Memory) -> None:
    await memory.database.write(
        "CREATE attribute:a SET entity = entity:['Thing', 'a'], key = 'k', value = 'v', memory_category = 'knowledge', "
        "scope = <set>[], created_at = $created",
        {"created": NOW - timedelta(days=10)},
    )
    scheduler = memory.server.retention.scheduler
    for _ in range(3):
        assert await scheduler.round()
        memory.clock.advance(HOUR)
    assert await importance(memory) == pytest.approx(0.8 * 0.995**10)
    memory.clock.advance(24 * HOUR)
    assert await scheduler.round()
    assert await importance(memory) == pytest.approx(0.8 * 0.995**11)


async def importance(memory: Memory) -> float:
    row = await memory.database.row("SELECT importance FROM attribute:a")
    assert row
    return float(row["importance"])


@pytest.mark.parametrize("schedules", [True, False])
async def test_a_server_schedules_only_if_it_is_told_to(tmp_path: Path, schedules: bool) -> None:
    clock = FakeClock(NOW)
    async with running(tmp_path, clock=clock, schedules=schedules, sweep_interval="2h") as app:
        await asyncio.sleep(0)
        assert (2 * HOUR in clock.sleeps) == schedules
        clock.advance(2 * HOUR)
        for _ in range(PATIENCE if schedules else 20):
            sweeps = (await app.http.get("/api/v1/lifecycle/sweeps")).json()["sweeps"]
            if sweeps and sweeps[0]["state"] == "done":
                break
            await asyncio.sleep(0.01)
        assert [sweep["state"] for sweep in sweeps] == ["done"] * schedules


async def test_the_last_of_two_sweeps_in_one_second(memory: Memory) -> None:
    for _ in range(2):
        await memory.server.retention.sweeper.sweep(Wanted(), SYSTEM)
        memory.clock.advance(0.5)
    last = await memory.server.retention.sweeps.last_full()
    assert last is not None
    assert last.microsecond >= 500_000
