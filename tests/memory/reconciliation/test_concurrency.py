"""Many writers on one key, in one process and as if in several."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.index.writes import NoIndex
from server.memory.derivation import Derivation
from server.memory.extraction.diff import Relation
from server.memory.locks import Locks
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load
from tests.memory.world import World, fact, ref
from tests.support.clock import FakeClock

WRITERS = 64


def town(number: int) -> str:
    """A name for each number; one with digits in it would not be taken for the name of a place."""
    return f"Port {chr(ord('A') + number // 26)}{chr(ord('a') + number % 26)}"


class TickingClock(FakeClock):
    """No two moments are the same."""

    def now(self) -> datetime:
        self.advance(0.000001)
        return super().now()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """On files, because only there do transactions really meet."""
    async with EmbeddedEngine(tmp_path / "store", SystemClock()) as engine:
        database = Database(engine, Binding("acme", "memory"))
        await engine.create_database(database.binding)
        await Migrator(engine, SystemClock()).apply(database.binding, load("context"))
        yield World(database, TickingClock())


@pytest.mark.parametrize("processes", [1, 3])
async def test_one_value_is_current_and_the_chain_is_whole(world: World, processes: int) -> None:
    others = [Derivation(NoIndex(), Locks(), world.clock, world.ids, jitter=lambda: 0.0) for _ in range(processes)]
    await world.state(fact("alice", "location", "nowhere"))

    async def move(number: int) -> None:
        await world.state(fact("alice", "location", town(number)), derivation=others[number % processes])

    await asyncio.gather(*(move(number) for number in range(WRITERS)))
    rows = await world.attributes("alice", "location")
    assert len(rows) == WRITERS + 1
    assert len([row for row in rows if row.current_key]) == 1
    assert len([row for row in rows if row.in_force(world.clock.now())]) == 1
    by_id = {row.id: row for row in rows}
    (head,) = [row for row in rows if row.current_key]
    chain = [head]
    while chain[-1].supersedes is not None:
        before = by_id[chain[-1].supersedes]
        assert before.superseded_by == chain[-1].id
        assert before.valid_until is not None
        chain.append(before)
    assert len(chain) == WRITERS + 1
    edges = await world.edges()
    assert len([edge for edge in edges if edge[1] == "located_in"]) == 1


async def test_one_name_is_one_entity_and_one_edge(world: World) -> None:
    others = [Derivation(NoIndex(), Locks(), world.clock, world.ids, jitter=lambda: 0.0) for _ in range(4)]

    async def meet(number: int) -> None:
        await world.state(
            Relation(ref("alice"), "friend", ref("Carol"), "identity"),
            fact("Carol", "likes", f"thing {number}"),
            derivation=others[number % 4],
        )

    await asyncio.gather(*(meet(number) for number in range(WRITERS)))
    assert await world.names() == {"alice", "Carol"}
    assert len(await world.relations()) == 1
    assert len(await world.current("Carol", "likes")) == WRITERS
