"""Both kinds of index over the engines that they are for."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.index.local import LocalIndex
from server.index.search import Index
from server.index.surreal import SurrealIndex
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Engine
from server.store.migrations import Migrator, load
from server.store.remote import RemoteEngine
from tests.index.world import World
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer


@pytest.fixture(scope="session")
def search_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    server = DatabaseServer(tmp_path_factory.mktemp("search-server"))
    yield server
    server.kill()


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with EmbeddedEngine(None, SystemClock()) as made:
        yield made


@pytest.fixture
async def database(engine: Engine) -> Database:
    return await migrated(engine, Binding("acme", "prod"))


@pytest.fixture(params=["local", "surreal", "surreal-remote"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A Context of its own with the index under test."""
    made: Engine
    if request.param == "surreal-remote":
        server: DatabaseServer = request.getfixturevalue("search_server")
        made = RemoteEngine(server.url, username=USERNAME, password=PASSWORD, clock=SystemClock())
    else:
        made = EmbeddedEngine(None, SystemClock())
    index: Index = LocalIndex(SystemClock()) if request.param == "local" else SurrealIndex()
    async with made:
        database = await migrated(made, Binding(f"test-{uuid.uuid4().hex}", "prod"))
        if request.param == "surreal":
            await Migrator(made, SystemClock()).complete(database.binding, load("context"))
        yield World(database, index)
        if isinstance(index, LocalIndex):
            await index.stop()


async def migrated(engine: Engine, binding: Binding) -> Database:
    await engine.create_database(binding)
    await Migrator(engine, SystemClock()).apply(binding, load("context"))
    return Database(engine, binding)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"
