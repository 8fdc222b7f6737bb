"""What speaks for a chunk: its words and vector, those around it, its session or document, and what its text holds.

`words` is BM25 of the chunk alone and `coverage` the weight of the query's terms that it holds; `window` is BM25 of the
chunk with its neighbours counting less the farther they are, and `group` that of its whole session or document. All
four are shares of the weight of all terms, so that they compare between queries. `cosine` is how near its vector
is to the query's, both seen from the middle of the candidates, and `around` the same for its neighbours; nothing is
near to a query without one. `answers` says that the chunk before asks something, `answers_match` how much of the query
that question covers.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from server.index.products import products
from server.index.search import Signal
from server.store.vectors import Vector

Array = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32 | np.int64]

SATURATION = 1.2
LENGTH_WEIGHT = 0.75
WINDOW_LENGTH_WEIGHT = 0.5
GROUP_LENGTH_WEIGHT = 0.3
# How much a neighbour's words count at a distance of one, two and three; and its vector at one and two.
WORD_REACH = (0.7, 0.4, 0.2)
VECTOR_REACH = (1.0, 0.5)
RADIUS = len(WORD_REACH)
VECTOR_RADIUS = len(VECTOR_REACH)
# What is told of a candidate and its neighbours stands in the order of these distances.
DISTANCES = (0, *range(-1, -RADIUS - 1, -1), *range(1, RADIUS + 1))
BEFORE = DISTANCES.index(-1)
NEAR = [place for place, distance in enumerate(DISTANCES) if abs(distance) <= VECTOR_RADIUS]
_WORDS_COUNT = np.array([WORD_REACH[abs(one) - 1] if one else 1.0 for one in DISTANCES], dtype=np.float32)
_VECTORS_COUNT = np.array([VECTOR_REACH[abs(DISTANCES[at]) - 1] for at in NEAR if DISTANCES[at]], dtype=np.float32)
# Below this share of a vector's own square, what is left of its distance to the middle is rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Corpus:
    """All that the caller may see: how many chunks there are and how many hold each term, with mean lengths."""

    count: int
    frequencies: npt.NDArray[np.float64]
    mean_length: float
    mean_group_length: float

    @cached_property
    def weights(self) -> Array:
        """The weight of each term, of all together one: rare terms weigh more."""
        rarity = np.log1p((self.count - self.frequencies + 0.5) / (self.frequencies + 0.5))
        return np.asarray(rarity / max(float(rarity.sum()), 1e-9), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The candidates, one a column, with what stands around each.

    `counts` (terms by `DISTANCES` by candidates) says how often, and `lengths` how many terms there are at all; where
    there is no visible neighbour both are zero. `near` are places among the vectors, for the distances at which
    vectors count; `NONE`, the last place, is for nobody.
    """

    counts: Array
    lengths: Array
    group: Places
    group_counts: Array
    group_lengths: Array
    near: Places
    vectors: Array
    asks: Array
    asked_before: Array
    times: Array
    numbers: Array
    names: Array


def signals(around: Neighbourhood, corpus: Corpus, query: Vector | None) -> dict[str, Signal]:
    """Every signal of every candidate."""
    weights = corpus.weights
    counts, lengths = around.counts[:, 0], around.lengths[0]
    window_counts = np.einsum("d,tdc->tc", _WORDS_COUNT, around.counts)
    window_lengths = np.einsum("d,dc->c", _WORDS_COUNT, around.lengths)
    mean_window = corpus.mean_length * (1 + 2 * sum(WORD_REACH))
    covered, covered_before = (weights @ (around.counts[:, at] > 0) for at in (0, BEFORE))
    group_words = weights @ _saturated(
        around.group_counts, around.group_lengths, corpus.mean_group_length, GROUP_LENGTH_WEIGHT
    )
    cosines = np.zeros(around.near.shape, dtype=np.float32)
    if query is not None:
        cosines = _cosines(around.vectors, around.near[0], query)[around.near]
    return {
        "words": weights @ _saturated(counts, lengths, corpus.mean_length, LENGTH_WEIGHT),
        "coverage": covered,
        "window": weights @ _saturated(window_counts, window_lengths, mean_window, WINDOW_LENGTH_WEIGHT),
        "group": group_words[around.group],
        "cosine": cosines[0],
        "around": np.einsum("d,dc->c", _VECTORS_COUNT, cosines[1:]),
        "length": np.log1p(lengths),
        "asks": around.asks,
        "answers": around.asked_before,
        "answers_match": around.asked_before * covered_before,
        "times": around.times,
        "numbers": around.numbers,
        "names": around.names,
    }


def _saturated(counts: Array, lengths: Array, mean_length: float, length_weight: float) -> Array:
    """What BM25 makes of counts before it weighs the terms."""
    norm = SATURATION * (1 - length_weight + length_weight * lengths / max(mean_length, 1e-9))
    return np.asarray(counts * (SATURATION + 1) / (counts + norm), dtype=np.float32)


def _cosines(vectors: Array, picked: Places, query: Vector) -> Array:
    """How near vectors are to the query, seen from the middle of the picked ones; nobody, who comes last, is not."""
    share = np.bincount(picked, minlength=len(vectors)).astype(np.float32) / len(picked)
    middle = np.einsum("i,ij->j", share, vectors)
    direction = query - middle
    squares = np.einsum("ij,ij->i", vectors, vectors)
    distances = squares - 2 * products(vectors, middle) + middle @ middle
    apart = distances > _ROUNDING * squares
    lengths = np.sqrt(np.where(apart, distances, 1)) * np.linalg.norm(direction)
    along = np.where(apart, products(vectors, direction) - middle @ direction, 0)
    return np.append(along / np.maximum(lengths, 1e-9), np.float32(0)).astype(np.float32)
