"""Vectors to the database and back."""

from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.clock import SystemClock
from server.core.errors import UnprocessableError
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database
from server.store.vectors import ENCODED, WIDTH, decode, decoded, encode

NUMBERS = st.floats(-1, 1, width=32) | st.sampled_from([0.0, 0.5, -0.25, 1.0])


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with EmbeddedEngine(None, SystemClock()) as engine:
        database = Database(engine, Binding("acme", "vectors"))
        await engine.execute(database.binding, "DEFINE TABLE chunk; DEFINE FIELD embedding ON chunk TYPE array<float>")
        yield database


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=300))
async def test_a_vector_comes_back_as_it_was_written(database: Database, numbers: list[float]) -> None:
    written = np.array(numbers, dtype=np.float32)
    await database.write(f"UPSERT chunk:1 SET embedding = {decoded('$vector')}", {"vector": encode(written)})
    row = await database.row(f"SELECT {ENCODED} AS vector, array::len(embedding) AS width FROM chunk:1")
    assert row is not None
    assert row["width"] == WIDTH
    np.testing.assert_array_equal(decode(row["vector"], len(written)), written)
    assert not decode(row["vector"])[len(written) :].any()


@pytest.mark.parametrize("shape", [(0,), (WIDTH + 1,), (2, 3)])
def test_what_does_not_fit_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UnprocessableError, match="does not fit"):
        encode(np.ones(shape, dtype=np.float32))
