"""A Context that remembers, asked over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.recall.memory import Memory
from tests.support.app import running


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    async with running(tmp_path, works=True) as app:
        await app.context()
        yield Memory(app)
