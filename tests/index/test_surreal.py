"""The index of an engine that searches its own tables, where its vector index is missing."""

from collections.abc import AsyncIterator

import pytest

from server.core.clock import SystemClock
from server.index.surreal import SurrealIndex
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from tests.index.conftest import migrated
from tests.index.world import World, direction


@pytest.fixture
async def bare() -> AsyncIterator[World]:
    """A Context whose vector index is gone, as it is while one is made anew."""
    async with EmbeddedEngine(None, SystemClock()) as engine:
        world = World(await migrated(engine, Binding("acme", "prod")), SurrealIndex())
        await engine.execute(world.database.binding, "REMOVE INDEX embedding_index ON memory_chunk")
        yield world


async def test_without_its_vector_index_the_nearest_are_found_all_the_same(bare: World) -> None:
    for number in range(12):
        await bare.say(f"c{number:02}", "x", direction(1, number), scope={"user": str(number % 2)})
    assert await bare.near(direction(1), k=3) == ["c00", "c01", "c02"]
    assert await bare.near(direction(1), scope={"user": "1"}, k=3) == ["c01", "c03", "c05"]
