"""Which rows hold a term, and how often: an inverted index in arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Counts = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

TAIL = 1 << 15
MOST = 255


@dataclass(frozen=True, slots=True)
class Segment:
    """The postings of a run of rows, ordered by term and row; never changed."""

    terms: Numbers
    starts: npt.NDArray[np.int64]
    rows: Numbers
    counts: Counts

    @classmethod
    def of(cls, terms: Numbers, rows: Numbers, counts: Counts) -> Self:
        """From one entry a posting, with the rows of each term in ascending order."""
        order = np.argsort(terms, kind="stable")
        found, starts = np.unique(terms[order], return_index=True)
        return cls(found, np.append(starts, len(terms)), rows[order], counts[order])

    def of_term(self, term: int) -> tuple[Numbers, Counts]:
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return self.rows[:0], self.counts[:0]
        run = slice(self.starts[at], self.starts[at + 1])
        return self.rows[run], self.counts[run]

    def entries(self) -> tuple[Numbers, Numbers, Counts]:
        """The terms, rows and counts, one of each a posting."""
        return np.repeat(self.terms, np.diff(self.starts)), self.rows, self.counts

    def followed_by(self, newer: "Segment") -> "Segment":
        """Both in one; the newer one's rows are higher."""
        (terms, rows, counts), (later_terms, later_rows, later_counts) = self.entries(), newer.entries()
        return Segment.of(
            np.concatenate([terms, later_terms]),
            np.concatenate([rows, later_rows]),
            np.concatenate([counts, later_counts]),
        )

    def __len__(self) -> int:
        return len(self.rows)


class Postings:
    """Grows row by row; what was added last is scanned, the rest is looked up in a few segments.

    Segments are merged when the older is not at least twice as large, so that there are about as many as the number of
    rows has binary digits. A reader in another thread sees every row that was there when it began.
    """

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        self._segments = tuple(segments)
        self._tail = np.empty((3, TAIL), dtype=np.int32)
        self._filled = 0

    def add(self, row: int, counts: Mapping[int, int]) -> None:
        """Add a row, whose number is higher than all before it."""
        if self._filled + len(counts) > self._tail.shape[1]:
            self._freeze()
        if len(counts) > self._tail.shape[1]:
            self._tail = np.empty((3, len(counts)), dtype=np.int32)
        place = slice(self._filled, self._filled + len(counts))
        self._tail[0, place] = list(counts)
        self._tail[1, place] = row
        self._tail[2, place] = list(counts.values())
        np.minimum(self._tail[2, place], MOST, out=self._tail[2, place])
        self._filled += len(counts)

    def of_term(self, term: int) -> tuple[Numbers, Counts]:
        """The rows that hold a term, ascending, and how often each does."""
        segments, tail = self._segments, self._tail[:, : self._filled]
        parts = [segment.of_term(term) for segment in segments]
        held = tail[0] == term
        parts.append((tail[1, held], tail[2, held].astype(np.uint8)))
        return np.concatenate([rows for rows, _ in parts]), np.concatenate([counts for _, counts in parts])

    def segments(self) -> tuple[Segment, ...]:
        """Everything, in segments."""
        self._freeze()
        return self._segments

    def renumbered(self, kept: Mask, numbers: Numbers) -> "Postings":
        """A copy of the kept rows under their new numbers."""
        renewed = []
        for segment in self.segments():
            terms, rows, counts = segment.entries()
            staying = kept[rows]
            renewed.append(Segment.of(terms[staying], numbers[rows[staying]], counts[staying]))
        return Postings(renewed)

    @property
    def nbytes(self) -> int:
        held = sum(one.terms.nbytes + one.starts.nbytes + one.rows.nbytes + one.counts.nbytes for one in self._segments)
        return held + self._tail.nbytes

    def _freeze(self) -> None:
        if not self._filled:
            return
        terms, rows, counts = self._tail[:, : self._filled].copy()
        segments = [*self._segments, Segment.of(terms, rows, counts.astype(np.uint8))]
        while len(segments) > 1 and len(segments[-2]) < 2 * len(segments[-1]):
            newer, older = segments.pop(), segments.pop()
            segments.append(older.followed_by(newer))
        self._segments, self._tail, self._filled = tuple(segments), np.empty_like(self._tail), 0
