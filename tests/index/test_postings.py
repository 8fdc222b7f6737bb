"""The inverted index against a dictionary."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.index import postings
from server.index.postings import Postings

ROWS = st.lists(st.dictionaries(st.integers(0, 20), st.integers(1, 300), max_size=8), max_size=60)


def held(index: Postings, term: int) -> dict[int, int]:
    rows, counts = index.of_term(term)
    assert rows.tolist() == sorted(rows.tolist())
    return dict(zip(rows.tolist(), counts.tolist(), strict=True))


def filled(rows: list[dict[int, int]], freeze_every: int) -> Postings:
    index = Postings()
    for row, counts in enumerate(rows):
        index.add(row, counts)
        if row % freeze_every == 0:
            index.segments()
    return index


@given(ROWS, st.integers(1, 7))
def test_every_term_is_found_in_its_rows_with_its_count(rows: list[dict[int, int]], freeze_every: int) -> None:
    index = filled(rows, freeze_every)
    for term in range(22):
        assert held(index, term) == {row: min(255, counts[term]) for row, counts in enumerate(rows) if term in counts}


@given(ROWS, st.integers(1, 7), st.randoms(use_true_random=False))
def test_rows_can_be_dropped_and_numbered_anew(rows: list[dict[int, int]], freeze_every: int, random: object) -> None:
    kept = np.array([hash((repr(random), row)) % 3 > 0 for row in range(len(rows))], dtype=np.bool_)
    numbers = np.cumsum(kept, dtype=np.int32) - 1
    renewed = filled(rows, freeze_every).renumbered(kept, numbers.astype(np.int32))
    remaining = [counts for row, counts in enumerate(rows) if kept[row]]
    for term in range(22):
        expected = {row: min(255, counts[term]) for row, counts in enumerate(remaining) if term in counts}
        assert held(renewed, term) == expected


def test_segments_stay_few() -> None:
    index = Postings()
    for row in range(3000):
        index.add(row, Counter(range(row % 50, row % 50 + 40)))
    assert len(index.segments()) <= 12
    assert held(index, 10) == {row: 1 for row in range(3000) if row % 50 <= 10 < row % 50 + 40}


def test_a_row_with_more_terms_than_the_tail_holds_fits() -> None:
    index = Postings()
    many = dict.fromkeys(range(postings.TAIL + 10), 1)
    index.add(0, {5: 2})
    index.add(1, many)
    index.add(2, {5: 3})
    assert held(index, 5) == {0: 2, 1: 1, 2: 3}
    assert held(index, postings.TAIL + 9) == {1: 1}
