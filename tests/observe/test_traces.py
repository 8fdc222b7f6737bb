"""Decision traces: all of them arrive, once, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.core.errors import UnavailableError
from server.core.scope import EMPTY, Scope, parse
from server.observe.traces import BATCH, CROWDED, MAX_BUFFERED, RETRY_SECONDS, Trace, TraceLog
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load
from server.store.scoped import scope_of
from tests.support.clock import START, FakeClock
from tests.support.engines import WatchedEngine


@pytest.fixture
async def engine() -> AsyncIterator[WatchedEngine]:
    clock = FakeClock()
    inner = EmbeddedEngine(None, clock)
    await inner.open()
    for name in ("one", "two"):
        await inner.create_database(Binding("acme", name))
        await Migrator(inner, clock).apply(Binding("acme", name), load("context"))
    yield WatchedEngine(inner)
    await inner.close()


@pytest.fixture
def database(engine: WatchedEngine) -> Database:
    return Database(engine, Binding("acme", "one"))


def trace(number: int, scope: Scope = EMPTY) -> Trace:
    return Trace(f"t{number:05}", "query", f"question {number}", scope, START, 1.5, tier="direct", returned=["turn:1"])


async def stored(database: Database) -> list[str]:
    return [row["id"] for row in await database.rows("SELECT record::id(id) AS id FROM decision_trace ORDER BY id")]


async def test_a_trace_is_written_as_it_was(database: Database) -> None:
    log = TraceLog(FakeClock())
    log.record(database, trace(1, parse("org/acme/user/alice")))
    assert log.backlog == 1
    await log.flush()
    assert (log.backlog, log.written, log.dropped) == (0, 1, 0)
    row = await database.row("SELECT * FROM decision_trace")
    assert row is not None
    assert (row["kind"], row["query"], row["tier"], row["duration_ms"]) == ("query", "question 1", "direct", 1.5)
    assert row["returned"] == ["turn:1"]
    assert row["created_at"] == START
    assert scope_of(row["scope"]) == parse("org/acme/user/alice")


async def test_evidence_is_kept_as_it_was_whatever_its_texts_look_like(database: Database) -> None:
    texts = [
        "turn:1",
        "2026-01-01T00:00:00Z",
        "1d",
        "NONE",
        'a "quote" \\ and \n',
        "\u2028 \U0001f600",
        "r'turn:1'",
        "",
    ]
    candidates = [{"id": one, "score": 1.0, "signals": {"words": 0.1234, "count": 3}} for one in texts]
    log = TraceLog(FakeClock())
    log.record(
        database, replace(trace(1), sources=texts, returned=texts, candidates=candidates, links={"turns": texts})
    )
    await log.flush()
    row = await database.row("SELECT * FROM decision_trace")
    assert row is not None
    assert (row["sources"], row["returned"], row["candidates"]) == (texts, texts, candidates)
    assert row["links"] == {"turns": texts}
    assert isinstance(row["candidates"][0]["score"], float)
    assert isinstance(row["candidates"][0]["signals"]["count"], int)


async def test_many_in_several_databases_all_arrive(engine: WatchedEngine, database: Database) -> None:
    log = TraceLog(FakeClock())
    other = Database(engine, Binding("acme", "two"))
    for number in range(2 * BATCH + 10):
        log.record(database if number % 3 else other, trace(number))
    await asyncio.gather(log.flush(), log.flush())
    assert len(await stored(database)) + len(await stored(other)) == 2 * BATCH + 10 == log.written


async def test_nothing_is_lost_while_the_database_is_away(engine: WatchedEngine, database: Database) -> None:
    log = TraceLog(FakeClock())
    for number in range(3):
        log.record(database, trace(number))
    engine.fail(1)
    with pytest.raises(UnavailableError):
        await log.flush()
    assert log.backlog == 3
    await log.flush()
    assert len(await stored(database)) == log.written == 3


async def test_nothing_is_written_twice_when_it_was_not_known_whether_it_arrived(
    engine: WatchedEngine, database: Database
) -> None:
    log = TraceLog(FakeClock())
    log.record(database, trace(1))
    engine.fail(1, moment="after")
    with pytest.raises(UnavailableError):
        await log.flush()
    log.record(database, trace(2))
    await log.flush()
    assert await stored(database) == ["t00001", "t00002"]
    assert log.dropped == 0


async def test_a_flush_that_is_cancelled_loses_nothing(engine: WatchedEngine, database: Database) -> None:
    log = TraceLog(FakeClock())
    log.record(database, trace(1))
    reached = asyncio.Event()

    async def hang(_: str) -> None:
        reached.set()
        await asyncio.Event().wait()

    engine.intercept = hang
    flushing = asyncio.create_task(log.flush())
    await reached.wait()
    flushing.cancel()
    await asyncio.wait({flushing})
    engine.intercept = None
    await log.flush()
    assert await stored(database) == ["t00001"]


@pytest.mark.parametrize("bad", [replace(trace(7), token_cost=10**30), replace(trace(7), candidates=[{"a": "\ud800"}])])
async def test_one_that_cannot_be_kept_takes_no_other_along(database: Database, bad: Trace) -> None:
    log = TraceLog(FakeClock())
    for each in (trace(1), bad, trace(2)):
        log.record(database, each)
    await log.flush()
    assert await stored(database) == ["t00001", "t00002"]
    assert (log.backlog, log.written, log.dropped) == (0, 2, 1)


async def test_a_database_that_is_gone_does_not_come_back(engine: WatchedEngine, database: Database) -> None:
    log = TraceLog(FakeClock())
    other = Database(engine, Binding("acme", "two"))
    log.record(database, trace(1))
    log.record(other, trace(2))
    await log.discard(database.binding)
    await engine.drop_database(database.binding)
    await log.flush()
    assert await engine.databases("acme") == {"two"}
    assert await stored(other) == ["t00002"]


async def test_a_trace_that_comes_too_late_leaves_no_tables_behind(engine: WatchedEngine, database: Database) -> None:
    await engine.drop_database(database.binding)
    log = TraceLog(FakeClock())
    log.record(database, trace(1))
    await log.flush()
    (info,) = await database.read("INFO FOR DB")
    assert info["tables"] == {}
    assert log.dropped == 1


async def test_when_too_many_wait_the_oldest_are_given_up(database: Database) -> None:
    log = TraceLog(FakeClock())
    for number in range(MAX_BUFFERED + 3):
        log.record(database, trace(number))
    assert (log.backlog, log.dropped) == (MAX_BUFFERED, 3)


async def test_what_comes_in_is_written_soon_and_told_of_once(engine: WatchedEngine, database: Database) -> None:
    clock = FakeClock()
    log, told = TraceLog(clock), asyncio.Queue[str]()
    log.listen(lambda one: told.put_nowait(one.id))
    running = asyncio.create_task(log.run())
    engine.fail(1, moment="after")
    log.record(database, trace(1))
    while RETRY_SECONDS not in clock.sleeps:  # noqa: ASYNC110  # the log has no event for a pause
        await asyncio.sleep(0)
    assert told.empty()
    clock.advance(RETRY_SECONDS)
    assert await told.get() == "t00001"
    log.record(database, trace(2))
    assert await told.get() == "t00002"
    running.cancel()
    await asyncio.wait({running})
    assert await stored(database) == ["t00001", "t00002"]
    assert told.empty()


async def test_whoever_comes_when_many_wait_helps_to_write(database: Database) -> None:
    log = TraceLog(FakeClock())
    for number in range(CROWDED - 1):
        log.record(database, trace(number))
    await log.make_room()
    assert log.backlog == CROWDED - 1
    log.record(database, trace(CROWDED))
    await log.make_room()
    assert (log.backlog, log.written, log.dropped) == (0, CROWDED, 0)


async def test_gauges(database: Database) -> None:
    log = TraceLog(FakeClock())
    log.record(database, trace(1))
    assert log.gauges() == {"waiting": 1.0, "written": 0.0, "dropped": 0.0}
