"""A server on an engine that counts, fails on demand, and outlives the server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.store.embedded import EmbeddedEngine
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine


@pytest.fixture
async def engine(clock: FakeClock) -> AsyncIterator[WatchedEngine]:
    inner = EmbeddedEngine(None, clock)
    yield WatchedEngine(inner)
    await inner.close()


@pytest.fixture
async def app(tmp_path: Path, clock: FakeClock, engine: WatchedEngine) -> AsyncIterator[App]:
    async with running(tmp_path, clock=clock, engine=engine) as started:
        yield started
