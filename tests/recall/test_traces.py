"""Traces read back: pages hold every trace once, newest first, whatever the caller asks for and may see."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from server.core.errors import NotFoundError
from server.core.scope import EMPTY, parse
from server.core.visibility import visible
from server.observe.traces import Trace, TraceLog
from server.recall.traces import Position, Wanted, get, page
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Row
from server.store.migrations import Migrator, load
from tests.support.clock import START, FakeClock

NOW = START + timedelta(days=30)
ALICE, BOB = parse("org/acme/user/alice"), parse("org/acme/user/bob")
EVERYTHING = visible(EMPTY)


def made(count: int, seed: int) -> list[Trace]:
    """Traces of the last month, many of them of the same moment and some of the very last."""
    random = Random(seed)
    minutes, parts = (0, 1, 4, 5, 59, 60, 61, 720, 8640, 43_000), (0, 1, 10, 999_999, 123_000, 123_456)
    moments = [NOW - timedelta(minutes=one, microseconds=random.choice(parts)) for one in minutes for _ in range(2)]
    return [
        Trace(
            id=f"t{random.randrange(10**9):09}",
            kind=random.choice(("query", "remember")),
            query=random.choice(("Where does Alice live?", "remember, infer full")),
            scope=random.choice((ALICE, BOB, EMPTY)),
            created_at=random.choice(moments),
            duration_ms=float(random.randrange(100)),
            tier=random.choice(("direct", "hybrid", None)),
            session_id=random.choice(("s1", None)),
            api_key_id=random.choice(("k1", "k2")),
            principal=random.choice(("agent", "supervisor")),
        )
        for _ in range(count)
    ]


TRACES = made(80, 5)


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    clock, binding = FakeClock(), Binding("acme", "one")
    engine = EmbeddedEngine(None, clock)
    await engine.open()
    await engine.create_database(binding)
    await Migrator(engine, clock).apply(binding, load("context"))
    database, log = Database(engine, binding), TraceLog(clock)
    for trace in TRACES:
        log.record(database, trace)
    await log.flush()
    yield database
    await engine.close()


async def listed(database: Database, wanted: Wanted, limit: int, sees: Any = EVERYTHING) -> list[str]:
    """All pages, one after the other."""
    found: list[Row] = []
    rows = await page(database, sees, wanted, NOW, limit=limit)
    while rows:
        found += rows
        last = Position(rows[-1]["created_at"], rows[-1]["id"].id)
        rows = await page(database, sees, wanted, NOW, limit=limit, after=last)
    return [row["id"].id for row in found]


def expected(traces: list[Trace]) -> list[str]:
    return [trace.id for trace in sorted(traces, key=lambda one: (one.created_at, one.id), reverse=True)]


@pytest.mark.parametrize("limit", [1, 7, 1000])
async def test_pages_hold_every_trace_once_in_order(database: Database, limit: int) -> None:
    assert await listed(database, Wanted(), limit) == expected(TRACES)


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        (Wanted(tier="direct"), lambda one: one.tier == "direct"),
        (Wanted(kind="remember"), lambda one: one.kind == "remember"),
        (Wanted(key="k1"), lambda one: one.api_key_id == "k1"),
        (Wanted(principal="agent"), lambda one: one.principal == "agent"),
        (Wanted(principal="k2"), lambda one: one.api_key_id == "k2"),
        (Wanted(session_id="s1"), lambda one: one.session_id == "s1"),
        (Wanted(text="ALICE LIVE"), lambda one: "Alice" in one.query),
        (Wanted(slower_than_ms=50), lambda one: one.duration_ms >= 50),
        (Wanted(since=NOW - timedelta(minutes=60)), lambda one: one.created_at >= NOW - timedelta(minutes=60)),
        (Wanted(until=NOW - timedelta(minutes=60)), lambda one: one.created_at < NOW - timedelta(minutes=60)),
        (Wanted(since=datetime(1, 1, 1, tzinfo=UTC), until=datetime(2, 1, 1, tzinfo=UTC)), lambda _: False),
        (Wanted(since=NOW, until=NOW - timedelta(days=1)), lambda _: False),
    ],
)
async def test_filters(database: Database, wanted: Wanted, matches: Any) -> None:
    assert await listed(database, wanted, 4) == expected([one for one in TRACES if matches(one)])


async def test_what_was_done_in_no_scope_is_not_for_everybody(database: Database) -> None:
    assert await listed(database, Wanted(), 9, visible(ALICE)) == expected(
        [one for one in TRACES if one.scope == ALICE]
    )
    both = visible(parse("org/acme"))
    assert await listed(database, Wanted(), 9, both) == expected([one for one in TRACES if one.scope])
    of_bob = next(one for one in TRACES if one.scope == BOB)
    unscoped = next(one for one in TRACES if not one.scope)
    assert (await get(database, EVERYTHING, of_bob.id))["query"] == of_bob.query
    for hidden in (of_bob, unscoped):
        with pytest.raises(NotFoundError):
            await get(database, visible(ALICE), hidden.id)
