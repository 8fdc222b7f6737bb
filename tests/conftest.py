"""What every test may use, and an end in which the engine's threads come to rest."""

import gc
import io
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.observe import logs
from tests.support.app import App, running
from tests.support.clock import FakeClock

ENGINE_REST_SECONDS = 0.5


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def app(tmp_path: Path, clock: FakeClock) -> AsyncIterator[App]:
    """A server in memory, on the `clock` of the same test, spoken to over HTTP."""
    async with running(tmp_path, clock=clock) as started:
        yield started


@pytest.fixture
async def acme(app: App) -> App:
    """The same server, with a Context named acme."""
    await app.context()
    return app


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """The lines that a server would log, as JSON."""
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    yield stream
    logs.configure("info", "json", sys.stderr)


def pytest_sessionstart() -> None:
    """Log as a server does; without a configuration, a traceback would show every local variable."""
    logs.configure("info", "json", sys.stderr)


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """The interpreter must not end under the threads of an engine that was just closed."""
    time.sleep(ENGINE_REST_SECONDS)
