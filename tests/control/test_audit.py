"""Refusals are gathered, and each arrives once whatever the database does."""

import asyncio

import pytest

from server.control.audit import MAX_BUFFERED, AuditLog, Filter, Origin
from server.core.errors import UnavailableError
from server.core.ids import Ids
from server.store.binding import METADATA
from server.store.engine import Database
from server.store.migrations import Migrator, load
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

STRANGER = Origin(source="10.0.0.1")


@pytest.fixture
async def log(engine: WatchedEngine, clock: FakeClock) -> AuditLog:
    await engine.open()
    await engine.create_database(METADATA)
    await Migrator(engine, clock).apply(METADATA, load("control"))
    return AuditLog(Database(engine, METADATA), clock, Ids())


async def counts(log: AuditLog) -> dict[str, int]:
    found: dict[str, int] = {}
    for event in await log.page(Filter(), limit=1000):
        found[event["action"]] = found.get(event["action"], 0) + event["count"]
    return found


def refuse(log: AuditLog, action: str, times: int = 1) -> None:
    for _ in range(times):
        log.refused(action, STRANGER, "unauthorized")


async def test_equal_refusals_are_counted_and_written_together(log: AuditLog, engine: WatchedEngine) -> None:
    refuse(log, "GET /a", 3)
    refuse(log, "GET /b")
    engine.asked.clear()
    await log.flush()
    assert len(engine.asked) == 1
    assert await counts(log) == {"GET /a": 3, "GET /b": 1}
    engine.asked.clear()
    await log.flush()
    assert engine.asked == []


async def test_none_is_lost_while_the_database_is_away(log: AuditLog, engine: WatchedEngine) -> None:
    refuse(log, "GET /a", 2)
    engine.fail(1)
    with pytest.raises(UnavailableError):
        await log.flush()
    refuse(log, "GET /a", 3)
    await log.flush()
    assert await counts(log) == {"GET /a": 5}
    assert log.dropped == 0


async def test_none_is_counted_twice_when_it_was_not_known_whether_it_arrived(
    log: AuditLog, engine: WatchedEngine
) -> None:
    refuse(log, "GET /a", 2)
    engine.fail(1, moment="after")
    with pytest.raises(UnavailableError):
        await log.flush()
    refuse(log, "GET /a", 3)
    await log.flush()
    assert await counts(log) == {"GET /a": 5}


async def test_a_flush_that_is_cancelled_loses_nothing(log: AuditLog, engine: WatchedEngine) -> None:
    refuse(log, "GET /a", 2)
    reached = asyncio.Event()

    async def hang(_: str) -> None:
        reached.set()
        await asyncio.Event().wait()

    engine.intercept = hang
    flushing = asyncio.create_task(log.flush())
    await reached.wait()
    refuse(log, "GET /b")
    flushing.cancel()
    await asyncio.wait({flushing})
    engine.intercept = None
    await log.flush()
    assert await counts(log) == {"GET /a": 2, "GET /b": 1}


async def test_what_the_database_refuses_for_good_does_not_block_what_follows(log: AuditLog) -> None:
    log.refused("GET /a", Origin(source="\ud800"), "unauthorized")
    await log.flush()
    assert log.dropped == 1
    refuse(log, "GET /b")
    await log.flush()
    assert await counts(log) == {"GET /b": 1}


async def test_memory_is_bounded(log: AuditLog, engine: WatchedEngine) -> None:
    for number in range(MAX_BUFFERED + 5):
        refuse(log, f"GET /{number}")
    assert log.dropped == 5
    engine.fail(1)
    with pytest.raises(UnavailableError):
        await log.flush()
    refuse(log, "GET /more")
    assert log.dropped == 6
    await log.flush()
    assert len(await counts(log)) == 1000
