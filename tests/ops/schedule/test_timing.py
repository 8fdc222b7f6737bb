"""Times in UTC, with the same jitter every time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.schedule.timing import PERIODS, Every, Timing, duration

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
EVERY: tuple[Every, ...] = ("hour", "day", "week")


@given(MOMENTS, st.sampled_from(EVERY), st.times(), st.integers(0, 6))
def test_times_follow_each_other_without_gap_or_overlap(moment: datetime, every: Every, at: time, weekday: int) -> None:
    timing = Timing(every, at.replace(microsecond=0), weekday)
    latest, following = timing.latest_at(moment), timing.next_after(moment)
    assert latest <= moment < following
    assert following - latest == PERIODS[every]
    assert timing.latest_at(latest) == latest
    if every == "week":
        assert latest.weekday() == weekday
    if every != "hour":
        assert latest.time() == timing.at


@given(MOMENTS, st.integers(0, 3600))
def test_jitter_stays_within_its_bounds_and_is_always_the_same(due: datetime, span: int) -> None:
    timing = Timing("day", jitter=timedelta(seconds=span))
    assert due <= timing.shifted(due, "a") <= due + timedelta(seconds=span)
    assert timing.shifted(due, "a") == timing.shifted(due, "a")


def test_jitter_spreads_the_jobs() -> None:
    timing = Timing("day", jitter=timedelta(hours=1))
    due = datetime(2026, 1, 1, tzinfo=UTC)
    assert len({timing.shifted(due, f"job {number}") for number in range(50)}) > 40


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("30d", 30 * 86400), ("0s", 0)])
def test_durations(text: str, seconds: int) -> None:
    assert duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "-1m", "1.5h", "1w", "10 m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="such as 10m"):
        duration(text)
