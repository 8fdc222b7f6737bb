"""Engines of every kind, each test in a namespace of its own."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Engine
from server.store.remote import RemoteEngine
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    server = DatabaseServer(tmp_path_factory.mktemp("shared-server"))
    yield server
    server.kill()


@pytest.fixture(params=["embedded", "memory", "remote"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    made: Engine
    if request.param == "remote":
        server: DatabaseServer = request.getfixturevalue("shared_server")
        made = RemoteEngine(server.url, username=USERNAME, password=PASSWORD, clock=SystemClock())
    else:
        made = EmbeddedEngine(tmp_path / "store" if request.param == "embedded" else None, SystemClock())
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def binding() -> Binding:
    return Binding(f"test-{uuid.uuid4().hex}", "prod")


@pytest.fixture
async def database(engine: Engine, binding: Binding) -> Database:
    await engine.create_database(binding)
    return Database(engine, binding)
