"""A Context of the test's own, in memory, with the parts that remember."""

from collections.abc import AsyncIterator

import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load
from tests.memory.world import World
from tests.support.clock import FakeClock


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """A migrated Context database."""
    async with EmbeddedEngine(None, SystemClock()) as engine:
        database = Database(engine, Binding("acme", "memory"))
        await engine.create_database(database.binding)
        await Migrator(engine, SystemClock()).apply(database.binding, load("context"))
        yield database


@pytest.fixture
def world(database: Database, clock: FakeClock) -> World:
    return World(database, clock)
