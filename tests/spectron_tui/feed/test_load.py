"""Rates and percentiles out of counters that only grow, until the server begins anew."""

from datetime import UTC, datetime, timedelta

import pytest

from spectron_tui.feed.load import Counters, Load, parsed
from tests.support.app import App

START = datetime(2026, 3, 1, 3, 0, 10, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def counted(*samples: Counters) -> Load:
    load = Load()
    for sample in samples:
        load = load.counting(sample)
    return load


def test_one_count_tells_nothing_yet() -> None:
    load = counted(Counters(START, 10))
    assert load.latest(START) is None
    assert set(load.per_clock_minute(START)) == {None}


def test_the_rate_is_that_of_the_last_minute_or_two() -> None:
    load = counted(Counters(START, 100), Counters(after(60), 160), Counters(after(90), 190), Counters(after(120), 300))
    latest = load.latest(after(120))
    assert latest is not None
    assert latest.per_minute == pytest.approx(100)
    assert latest.error_share == 0


def test_a_count_stands_for_its_minute_until_the_next() -> None:
    load = counted(*(Counters(after(second), second) for second in range(0, 240, 5)))
    assert len(load.samples) == 6
    assert load.samples[-1].requests == 235


def test_an_hour_is_kept() -> None:
    load = counted(*(Counters(after(60 * minute), minute) for minute in range(100)))
    hour = load.per_clock_minute(after(60 * 99))
    assert len(hour) == 60
    assert all(minute is not None and minute.per_minute == pytest.approx(1) for minute in hour)


def test_a_minute_that_nobody_watched_is_unknown() -> None:
    load = counted(Counters(START, 0), Counters(after(60), 60), Counters(after(300), 120))
    known = [minute is not None for minute in load.per_clock_minute(after(300))]
    assert known[-5:] == [True, False, False, False, True]
    assert load.latest(after(500)) is None


def test_a_server_that_began_anew_has_no_negative_rate() -> None:
    load = counted(Counters(START, 5_000, 50), Counters(after(60), 30, 3))
    latest = load.latest(after(60))
    assert latest is not None
    assert latest.per_minute == pytest.approx(30)
    assert latest.error_share == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), None),
        ((100, 100, 100), 95.0),
        ((90, 100, 100), 550.0),
        ((0, 0, 10), 1000.0),
    ],
)
def test_a_percentile_lies_within_its_class(counts: tuple[int, ...], expected: float | None) -> None:
    buckets = tuple(zip((0.1, 1.0, float("inf")), map(float, counts), strict=True))
    load = counted(Counters(START, 0), Counters(after(60), 100, 0, buckets))
    latest = load.latest(after(60))
    assert latest is not None
    assert latest.p95_ms == (None if expected is None else pytest.approx(expected))


async def test_the_counters_of_a_real_server_are_read(acme: App) -> None:
    before = parsed((await acme.http.get("/metrics")).text, START)
    for path in ("contexts", "contexts/acme/stats", "jobs", "health", "acme/me", "acme/nowhere"):
        await acme.http.get(f"/api/v1/{path}")
    await acme.http.post("/api/v1/contexts/beta", json={"namespace": "beta", "database": "prod"})
    later = parsed((await acme.http.get("/metrics")).text, after(60))
    assert later.requests - before.requests == 3, "what whoever watches reads is not counted"
    assert later.errors == 0
    assert later.buckets[-1] == (float("inf"), later.requests)
