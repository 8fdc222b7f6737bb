"""Searching one shelf: exact, over the visible rows alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from server.index.chunk import Id
from server.index.codes import SPARSE
from server.index.postings import Counts, Mask
from server.index.products import Multiplier
from server.index.search import Found, Question, Survey
from server.index.sequences import NONE
from server.index.shelf import Rows, Shelf
from server.index.signals import (
    BEFORE,
    DISTANCES,
    LENGTH_WEIGHT,
    NEAR,
    RADIUS,
    SATURATION,
    Corpus,
    Neighbourhood,
    signals,
)
from server.index.views import View, Views, distinct, rows_of
from server.store.vectors import Vector

Scores = npt.NDArray[np.float32]
# Which column of a row leads in which direction.
LINKS = {"before": -1, "after": 1}


@dataclass(frozen=True, slots=True)
class _Held:
    """The visible rows that hold a term of the query, and how often."""

    rows: Rows
    counts: Counts


class Scan:
    """One search on one shelf; reads only, and never what is added meanwhile."""

    def __init__(self, shelf: Shelf, views: Views, question: Question, multiplier: Multiplier) -> None:
        self._shelf = shelf
        self._multiplier = multiplier
        self._question = question
        self.view: View = views.of(question.visibility)
        self._mask: Mask = views.matching(self.view, question.where)
        self._rows: Rows = self.view.rows if self._mask is self.view.mask else rows_of(self._mask)

    @property
    def work(self) -> int:
        """How many numbers the vector search multiplies."""
        return self._rows.size * int(self._shelf.vectors.shape[1])

    @property
    def postings(self) -> int:
        """In how many visible rows the terms of the query stand, all terms together."""
        return sum(len(one.rows) for one in self._held)

    def by_vector(self, k: int) -> list[Found]:
        rows, scores = self._nearest(k)
        return [Found(self._shelf.ids[row], float(score)) for row, score in zip(rows.tolist(), scores, strict=True)]

    def by_words(self, k: int) -> list[Found]:
        rows, scores = self._matching(k)
        return [Found(self._shelf.ids[row], float(score)) for row, score in zip(rows.tolist(), scores, strict=True)]

    def best(self, k: int) -> Rows:
        """The best k by vector and the best k by words."""
        return np.concatenate([self._nearest(k)[0], self._matching(k)[0]])

    def survey(self, best: Rows, also: Sequence[Id]) -> Survey:
        """Everything that speaks for these rows, their neighbours and `also`."""
        shelf, mask = self._shelf, self._mask
        if not len(self._rows):
            return Survey(shelf.table, (), (), np.zeros(0))
        named = [row for one in also if (row := shelf.numbers.get(one)) is not None and row < len(mask)]
        found = np.concatenate([best, np.array(named, dtype=np.int32)]).astype(np.int32)
        beside = [self._beside(found, link, mask) for link in LINKS]
        chosen = _somebody(distinct(np.concatenate([found, *beside])), len(mask))
        chosen = chosen[mask[chosen]]
        groups = shelf.rows["of"][chosen]
        return Survey(
            table=shelf.table,
            ids=list(map(shelf.ids.__getitem__, chosen.tolist())),
            of=shelf.groups.values(groups.tolist()),
            said_at=shelf.rows["said_at"][chosen],
            signals=signals(self._neighbourhood(chosen, groups), self._corpus, self._query),
        )

    def latest(self, k: int) -> list[Id]:
        times = self._shelf.rows["said_at"][self._rows]
        order = np.lexsort((self._rows, times))[::-1][:k]
        return [self._shelf.ids[row] for row in self._rows[order].tolist()]

    def _nearest(self, k: int) -> tuple[Rows, Scores]:
        shelf, rows, query, count = self._shelf, self._rows, self._query, len(self._mask)
        if query is None or not len(rows):
            return rows[:0], np.zeros(0, dtype=np.float32)
        rows = shelf.codes.promising(None if len(rows) == count else rows, count, query, k, self._multiplier)
        if len(rows) < SPARSE * count:
            return _best(rows, self._multiplier.products(shelf.vectors[rows], query), k)
        return _best(rows, self._multiplier.products(shelf.vectors[:count], query)[rows], k)

    def _matching(self, k: int) -> tuple[Rows, Scores]:
        """The best rows by BM25."""
        corpus = self._corpus
        lengths = self.view.lengths
        scores = np.zeros(len(self._mask), dtype=np.float32)
        for one, weight in zip(self._held, corpus.weights, strict=True):
            norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths[one.rows] / max(corpus.mean_length, 1e-9))
            scores[one.rows] += weight * one.counts * (SATURATION + 1) / (one.counts + norm)
        matching = rows_of((scores > 0) & self._mask)
        return _best(matching, scores[matching], k)

    @cached_property
    def _held(self) -> list[_Held]:
        """The postings of each term of the query, as far as they are visible."""
        shelf, mask = self._shelf, self.view.mask
        found = []
        for term in dict.fromkeys(shelf.analyzer.terms(self._question.text)):
            number = shelf.terms.find(term)
            rows, counts = shelf.postings.of_term(-1 if number is None else number)
            known = np.searchsorted(rows, len(mask))
            rows, counts = rows[:known], counts[:known]
            visible = mask[rows]
            found.append(_Held(rows[visible], counts[visible]))
        return found

    @cached_property
    def _corpus(self) -> Corpus:
        view = self.view
        frequencies = np.array([len(one.rows) for one in self._held], dtype=np.float64)
        return Corpus(view.count, frequencies, view.mean_length, view.mean_group_length)

    def _neighbourhood(self, chosen: Rows, of: Rows) -> Neighbourhood:
        shelf, view, nobody = self._shelf, self.view, len(self._mask)
        around = self._around(chosen)
        groups = distinct(of)
        counts = np.zeros((len(self._held), *around.shape), dtype=np.float32)
        group_counts = np.zeros((len(self._held), len(groups)), dtype=np.float32)
        often = np.zeros(nobody + 1, dtype=np.uint8)
        for number, one in enumerate(self._held):
            often[one.rows] = one.counts
            counts[number] = often.take(around)
            often[one.rows] = 0
            group_counts[number] = np.bincount(view.groups[one.rows], one.counts, minlength=groups[-1] + 1)[groups]
        near = _somebody(distinct(around[NEAR]), nobody)
        places = np.empty(nobody + 1, dtype=np.int32)
        places[near], places[nobody] = np.arange(len(near)), NONE
        there = around < nobody
        rows = np.where(there, around, 0)
        return Neighbourhood(
            counts=counts,
            lengths=(view.lengths[rows] * there).astype(np.float32),
            group=np.searchsorted(groups, of),
            group_counts=group_counts,
            group_lengths=view.group_lengths[groups].astype(np.float32),
            near=places.take(around[NEAR]),
            vectors=shelf.vectors[near],
            asked_before=(shelf.rows["asks"][rows[BEFORE]] & there[BEFORE]).astype(np.float32),
            **{name: shelf.rows[name][chosen].astype(np.float32) for name in ("asks", "times", "numbers", "names")},
        )

    def _around(self, chosen: Rows) -> Rows:
        """The rows at every distance from the chosen ones, one past the last where nobody is to be seen."""
        around = {0: chosen}
        for link, step in LINKS.items():
            for distance in range(1, RADIUS + 1):
                around[step * distance] = self._beside(around[step * (distance - 1)], link, self.view.mask)
        return np.stack([around[distance] for distance in DISTANCES])

    def _beside(self, rows: Rows, link: str, mask: Mask) -> Rows:
        """The visible rows that these are linked to, one past the last where there is none."""
        nobody = len(mask)
        linked = np.full(len(rows), nobody, dtype=np.int32)
        there = np.flatnonzero(rows < nobody)
        linked[there] = self._shelf.rows[link][rows[there]]
        seen = (linked != NONE) & (linked < nobody)
        seen[seen] = mask[linked[seen]]
        return np.where(seen, linked, np.int32(nobody))

    @cached_property
    def _query(self) -> Vector | None:
        """The question's vector, as wide as those on the shelf; what one lacks is zero in the other."""
        vector, width = self._question.vector, self._shelf.vectors.shape[1]
        if vector is None:
            return None
        fitted = np.zeros(width, dtype=np.float32)
        fitted[: min(width, len(vector))] = vector[:width]
        return fitted


def _somebody(rows: Rows, nobody: int) -> Rows:
    """Ascending rows without the one that stands for nobody."""
    return rows[: np.searchsorted(rows, nobody)]


def _best(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The k highest scores, highest first and older rows first among equals."""
    if len(rows) > k:
        top = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
        rows, scores = rows[top], scores[top]
    order = np.lexsort((rows, -scores))
    return rows[order], scores[order]
