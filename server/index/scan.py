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
    LENGTH_WEIGHT,
    RADIUS,
    SATURATION,
    VECTOR_RADIUS,
    Corpus,
    Neighbourhood,
    signals,
)
from server.index.views import View, Views, rows_of
from server.store.vectors import Vector

Scores = npt.NDArray[np.float32]


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
        shelf = self._shelf
        if not len(self._rows):
            return Survey(shelf.table, (), (), np.zeros(0))
        named = [row for one in also if (row := shelf.numbers.get(one)) is not None and row < len(self._mask)]
        chosen = np.concatenate([best, np.array(named, dtype=np.int32)]).astype(np.int32)
        links = [shelf.rows[name][: len(self._mask)] for name in ("before", "after")]
        chosen = np.unique(np.concatenate([chosen, *(self._seen(link[chosen], self._mask) for link in links)]))
        chosen = chosen[self._mask[chosen]]
        rows = shelf.rows[chosen]
        around = self._neighbourhood(chosen, links)
        return Survey(
            table=shelf.table,
            ids=[shelf.ids[row] for row in chosen.tolist()],
            of=[shelf.groups[group] for group in rows["of"].tolist()],
            said_at=rows["said_at"],
            signals=signals(around, self._corpus, self._query),
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

    def _neighbourhood(self, chosen: Rows, links: Sequence[npt.NDArray[np.int32]]) -> Neighbourhood:
        shelf, view, held = self._shelf, self.view, self._held
        reached, frontier = [chosen], [chosen for _ in links]
        for _ in range(RADIUS):
            frontier = [self._seen(link[row], view.mask) for link, row in zip(links, frontier, strict=True)]
            reached.append(np.concatenate(frontier))
        rows, near = np.unique(np.concatenate(reached)), np.unique(np.concatenate(reached[: VECTOR_RADIUS + 1]))
        places = shelf.rows[rows]
        groups, group = np.unique(places["of"], return_inverse=True)
        counts = np.zeros((len(held), len(rows)), dtype=np.float32)
        group_counts = np.zeros((len(held), len(groups)), dtype=np.float32)
        for number, one in enumerate(held):
            at, there = _positions(one.rows, rows)
            counts[number, there] = one.counts[at[there]]
            totals = np.bincount(view.groups[one.rows], one.counts, minlength=groups[-1] + 1)
            group_counts[number] = totals[groups]
        before, after = (self._among(rows, link[rows]) for link in links)
        traits = {name: places[name].astype(np.float32) for name in ("asks", "times", "numbers", "names")}
        return Neighbourhood(
            picked=np.searchsorted(rows, chosen),
            before=before,
            after=after,
            counts=counts,
            lengths=places["length"].astype(np.float32),
            group=group,
            group_counts=group_counts,
            group_lengths=view.group_lengths[groups].astype(np.float32),
            near=np.searchsorted(rows, near),
            vectors=shelf.vectors[near],
            **traits,
        )

    def _seen(self, rows: Rows, mask: Mask) -> Rows:
        """Those of linked rows that are visible."""
        rows = rows[(rows != NONE) & (rows < len(mask))]
        return rows[mask[rows]]

    def _among(self, rows: Rows, linked: Rows) -> npt.NDArray[np.int64]:
        """The places of linked rows among some rows, `NONE` for those that are not among them."""
        at, there = _positions(rows, linked)
        return np.where(there, at, NONE)

    @cached_property
    def _query(self) -> Vector | None:
        """The question's vector, as wide as those on the shelf; what one lacks is zero in the other."""
        vector, width = self._question.vector, self._shelf.vectors.shape[1]
        if vector is None:
            return None
        fitted = np.zeros(width, dtype=np.float32)
        fitted[: min(width, len(vector))] = vector[:width]
        return fitted


def _positions(ordered: Rows, wanted: Rows) -> tuple[npt.NDArray[np.int64], Mask]:
    """Where the wanted rows stand among ordered ones, and whether they do."""
    at = np.searchsorted(ordered, wanted)
    at = np.minimum(at, max(0, len(ordered) - 1))
    there = ordered[at] == wanted if len(ordered) else np.zeros(len(wanted), dtype=np.bool_)
    return at, there


def _best(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The k highest scores, highest first and older rows first among equals."""
    if len(rows) > k:
        top = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
        rows, scores = rows[top], scores[top]
    order = np.lexsort((rows, -scores))
    return rows[order], scores[order]
