"""An engine that a test can watch and break."""

from collections.abc import AsyncIterator

import pytest

from server.store.embedded import EmbeddedEngine
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine


@pytest.fixture
async def watched(clock: FakeClock) -> AsyncIterator[WatchedEngine]:
    inner = EmbeddedEngine(None, clock)
    yield WatchedEngine(inner)
    await inner.close()
