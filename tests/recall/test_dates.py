"""Dates in questions: which spans they mean, and how near a moment is to one."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.recall.dates import Span, spans


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "begin", "end"),
    [
        ("What did she say on 8 May, 2023?", day(2023, 5, 8), day(2023, 5, 9)),
        ("What did she say on May 8, 2023?", day(2023, 5, 8), day(2023, 5, 9)),
        ("What did she say on the 8th of May 2023?", day(2023, 5, 8), day(2023, 5, 9)),
        ("What happened in December 2022?", day(2022, 12), day(2023, 1)),
        ("What happened in Sept. 2022?", day(2022, 9), day(2022, 10)),
        ("What happened in 2022?", day(2022), day(2023)),
        ("What happened on 2024-02-29?", day(2024, 2, 29), day(2024, 3, 1)),
        ("What happened in 2024-02?", day(2024, 2), day(2024, 3)),
    ],
)
def test_a_date_with_its_year_is_a_span(question: str, begin: datetime, end: datetime) -> None:
    assert spans(question) == [Span(begin, end)]


@pytest.mark.parametrize("question", ["", "What did she say in May?", "on 31 February 2023", "2023-13-01", "room 1850"])
def test_what_is_no_date_is_no_span(question: str) -> None:
    assert spans(question) == []


def test_several_dates_are_several_spans() -> None:
    assert len(spans("Between May 2022 and 3 June 2023")) == 2


@given(st.text())
def test_any_text_may_be_asked(text: str) -> None:
    for span in spans(text):
        assert span.begin < span.end


def test_moments_inside_count_in_full_and_others_less_the_farther_they_are() -> None:
    span = Span(day(2023, 5, 8), day(2023, 5, 9))
    times = np.array(
        [
            day(
                2023,
                5,
                8,
            ).timestamp(),
            day(2023, 5, 10).timestamp(),
            day(2023, 6, 8).timestamp(),
        ]
    )
    near, later, latest = span.closeness(times).tolist()
    assert near == 1 > later > latest > 0
    assert span.closeness(np.array([day(2023, 5, 7).timestamp()]))[0] == pytest.approx(later)
