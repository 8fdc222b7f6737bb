"""Migrated databases of each kind, in memory."""

from collections.abc import AsyncIterator

import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.migrations import Kind, Migrator, load


@pytest.fixture
async def engine() -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine(None, SystemClock())
    await engine.open()
    yield engine
    await engine.close()


@pytest.fixture
async def context(engine: EmbeddedEngine) -> Database:
    return await migrated(engine, "context")


@pytest.fixture
async def control(engine: EmbeddedEngine) -> Database:
    return await migrated(engine, "control")


@pytest.fixture
async def jobqueue(engine: EmbeddedEngine) -> Database:
    return await migrated(engine, "jobqueue")


async def migrated(engine: EmbeddedEngine, kind: Kind) -> Database:
    binding = Binding("acme", kind)
    await Migrator(engine, SystemClock()).apply(binding, load(kind))
    return Database(engine, binding)
