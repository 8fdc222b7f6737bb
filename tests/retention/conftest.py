"""A migrated database of one Context, in memory."""

from collections.abc import AsyncIterator

import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Migrator, load


@pytest.fixture
async def engine() -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine(None, SystemClock())
    await engine.open()
    yield engine
    await engine.close()


@pytest.fixture
async def memory(engine: EmbeddedEngine) -> Database:
    """Without the vector indexes, which have no part in retention and take most of the time."""
    binding = Binding("acme", "memory")
    await Migrator(engine, SystemClock()).apply(binding, load("context"))
    for table in ("entity", "memory_chunk"):
        await engine.execute(binding, f"REMOVE INDEX embedding_index ON {table}")
    return Database(engine, binding)
