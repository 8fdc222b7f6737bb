from datetime import UTC, datetime

import pytest

from server.memory.extraction.heuristic.calendar import Calendar
from server.memory.extraction.heuristic.line import Line
from server.memory.extraction.heuristic.times import Time, times
from server.memory.extraction.heuristic.tokens import tokenise

WEDNESDAY = datetime(2026, 3, 18, 12, tzinfo=UTC)


def found(text: str, *, future: bool = False, at: datetime = WEDNESDAY) -> tuple[Time, ...]:
    return times(Line(text, tuple(tokenise(text)), ()), Calendar(at), future=future)


def only(text: str, *, future: bool = False, at: datetime = WEDNESDAY) -> str:
    (time,) = found(text, future=future, at=at)
    return f"{time.kind} {time.days.begin.date()}..{time.days.end.date()}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("since 2019", "since 2019-01-01..2020-01-01"),
        ("in March 2024", "at 2024-03-01..2024-04-01"),
        ("on 12 July 1988", "at 1988-07-12..1988-07-13"),
        ("on July 12th, 1988", "at 1988-07-12..1988-07-13"),
        ("on the 5th of May", "at 2025-05-05..2025-05-06"),
        ("2025-12-31", "at 2025-12-31..2026-01-01"),
        ("yesterday", "at 2026-03-17..2026-03-18"),
        ("tomorrow", "at 2026-03-19..2026-03-20"),
        ("last week", "at 2026-03-09..2026-03-16"),
        ("next Friday", "at 2026-03-27..2026-03-28"),
        ("this Friday", "at 2026-03-20..2026-03-21"),
        ("last month", "at 2026-02-01..2026-03-01"),
        ("next year", "at 2027-01-01..2028-01-01"),
        ("last summer", "at 2025-06-01..2025-09-01"),
        ("in summer 2023", "at 2023-06-01..2023-09-01"),
        ("two years ago", "at 2024-03-18..2024-03-19"),
        ("a month ago", "at 2026-02-18..2026-02-19"),
        ("until 2030", "until 2030-01-01..2031-01-01"),
        ("for five years", "duration 2021-03-18..2021-03-18"),
        ("over the past two decades", "duration 2006-03-18..2006-03-18"),
        ("from 2010 to 2015", "between 2010-01-01..2016-01-01"),
        ("starting next Monday", "since 2026-03-23..2026-03-24"),
        ("in the 1990s", "at 1990-01-01..2000-01-01"),
    ],
)
def test_wordings_cover_days(text: str, expected: str) -> None:
    assert only(text) == expected


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("in January", "at 2026-01-01..2026-02-01", "at 2027-01-01..2027-02-01"),
        ("in November", "at 2025-11-01..2025-12-01", "at 2026-11-01..2026-12-01"),
        ("on Monday", "at 2026-03-16..2026-03-17", "at 2026-03-23..2026-03-24"),
        ("on May 5", "at 2025-05-05..2025-05-06", "at 2026-05-05..2026-05-06"),
    ],
)
def test_what_has_no_year_points_the_way_the_verb_does(text: str, past: str, future: str) -> None:
    assert only(text) == past
    assert only(text, future=True) == future


def test_the_end_of_a_short_month_is_no_trouble() -> None:
    last_of_may = datetime(2026, 5, 31, tzinfo=UTC)
    assert only("three months ago", at=last_of_may) == "at 2026-02-28..2026-03-01"
    assert only("next month", at=datetime(2026, 12, 31, tzinfo=UTC)) == "at 2027-01-01..2027-02-01"


@pytest.mark.parametrize(
    "text", ["February 30", "31 April 2026", "a 1972 Vespa", "may I come", "in the meantime", "at 5:30"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert found(text) == ()


def test_several_times_stand_side_by_side() -> None:
    kinds = [time.kind for time in found("I lived there from 2010 to 2015, and again since last May.")]
    assert kinds == ["between", "since"]
