"""Percentiles and classes of latencies."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.scope import EMPTY
from server.core.visibility import visible
from server.recall.trace_statistics import BOUNDS, Latency, histogram, percentile, statistics
from server.store.binding import Binding
from server.store.engine import Database
from tests.recall.memory import Memory
from tests.support.clock import START

DURATIONS = st.lists(st.floats(0, 50_000), min_size=1, max_size=60)


@given(DURATIONS, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_one_of_the_values_and_enough_are_below_it(durations: list[float], share: float) -> None:
    found = percentile(sorted(durations), share)
    assert found in durations
    assert sum(one <= found for one in durations) >= share * len(durations) - 1e-9
    assert sum(one < found for one in durations) < share * len(durations) + 1e-9


@given(DURATIONS)
def test_every_value_is_in_one_class(durations: list[float]) -> None:
    counted = histogram(durations)
    assert sum(count for _, count in counted) == len(durations)
    assert [bound for bound, _ in counted] == [*BOUNDS, None]
    assert dict(counted)[None] == sum(one > BOUNDS[-1] for one in durations)


@pytest.mark.parametrize(
    ("durations", "latency"),
    [
        ([], Latency(0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        ([3.0, 1.0, 2.0], Latency(3, 2.0, 2.0, 3.0, 3.0, 3.0)),
        ([float(one) for one in range(1, 101)], Latency(100, 50.5, 50.0, 95.0, 99.0, 100.0)),
    ],
)
def test_latency(durations: list[float], latency: Latency) -> None:
    assert Latency.of(durations) == latency


async def test_the_newest_are_counted_where_there_are_too_many_and_that_is_said(memory: Memory) -> None:
    for number in range(4):
        memory.app.clock.advance(1)
        await memory.ask(f"question {number}")
    await memory.app.server.traces.flush()
    database = Database(memory.app.server.engine, Binding("acme", "prod"))
    bounds = visible(EMPTY), START, START + timedelta(hours=1)
    whole, newest = await statistics(database, *bounds, most=4), await statistics(database, *bounds, most=3)
    assert (whole.truncated, whole.total, whole.since) == (False, 4, START)
    assert (newest.truncated, newest.total) == (True, 3)
    assert newest.since >= START + timedelta(seconds=2)
