"""What speaks for a chunk: its words and vector, those around it, its session or document, and what its text holds.

`words` is BM25 of the chunk alone and `coverage` the weight of the query's terms that it holds; `window` is BM25 of the
chunk with its neighbours counting less the farther they are, and `group` that of its whole session or document. All
four are shares of the weight of all terms, so that they compare between queries. `cosine` is how near its vector
is to the query's, both seen from the middle of the candidates, and `around` the same for its neighbours; nothing is
near to a query without one. `answers` says that the chunk before asks something, `answers_match` how much of the query
that question covers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.index.products import products
from server.index.search import Signal
from server.index.sequences import NONE
from server.store.vectors import Vector

Array = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

SATURATION = 1.2
LENGTH_WEIGHT = 0.75
WINDOW_LENGTH_WEIGHT = 0.5
GROUP_LENGTH_WEIGHT = 0.3
# How much a neighbour's words count at a distance of one, two and three; and its vector at one and two.
WORD_REACH = (0.7, 0.4, 0.2)
VECTOR_REACH = (1.0, 0.5)
RADIUS = len(WORD_REACH)
VECTOR_RADIUS = len(VECTOR_REACH)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that the caller may see: how many chunks there are and how many hold each term, with mean lengths."""

    count: int
    frequencies: npt.NDArray[np.float64]
    mean_length: float
    mean_group_length: float

    @property
    def weights(self) -> Array:
        """The weight of each term, of all together one: rare terms weigh more."""
        rarity = np.log1p((self.count - self.frequencies + 0.5) / (self.frequencies + 0.5))
        return np.asarray(rarity / max(float(rarity.sum()), 1e-9), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Chunks around the candidates and the candidates among them (`picked`), with terms in rows and chunks in columns.

    `before` and `after` are places among these chunks, `NONE` where there is no visible neighbour. Vectors are for
    the places `near`, all that are no farther from a candidate than vectors count.
    """

    picked: Places
    before: Places
    after: Places
    counts: Array
    lengths: Array
    group: Places
    group_counts: Array
    group_lengths: Array
    near: Places
    vectors: Array
    asks: Array
    times: Array
    numbers: Array
    names: Array


def signals(around: Neighbourhood, corpus: Corpus, query: Vector | None) -> dict[str, Signal]:
    """Every signal of every candidate."""
    weights, picked = corpus.weights, around.picked
    counts, lengths = around.counts[:, picked], around.lengths[picked]
    covered = weights @ (around.counts > 0)
    before, after = _hops(around.before, picked), _hops(around.after, picked)

    window_counts, window_lengths = counts.copy(), lengths.copy()
    for reach, *hops in zip(WORD_REACH, before, after, strict=True):
        for hop in hops:
            window_counts += reach * _taken(around.counts, hop)
            window_lengths += reach * _taken(around.lengths, hop)
    mean_window = corpus.mean_length * (1 + 2 * sum(WORD_REACH))

    cosines = np.zeros(around.counts.shape[1], dtype=np.float32)
    if query is not None:
        cosines[around.near] = _cosines(around.vectors, np.searchsorted(around.near, picked), query)
    near = np.zeros(len(picked), dtype=np.float32)
    for reach, *hops in zip(VECTOR_REACH, before, after, strict=False):
        for hop in hops:
            near += reach * _taken(cosines, hop)

    group_words = weights @ _saturated(
        around.group_counts, around.group_lengths, corpus.mean_group_length, GROUP_LENGTH_WEIGHT
    )
    answers = _taken(around.asks, before[0])
    return {
        "words": weights @ _saturated(counts, lengths, corpus.mean_length, LENGTH_WEIGHT),
        "coverage": covered[picked],
        "window": weights @ _saturated(window_counts, window_lengths, mean_window, WINDOW_LENGTH_WEIGHT),
        "group": group_words[around.group[picked]],
        "cosine": cosines[picked],
        "around": near,
        "length": np.log1p(lengths),
        "asks": around.asks[picked],
        "answers": answers,
        "answers_match": answers * _taken(covered, before[0]),
        "times": around.times[picked],
        "numbers": around.numbers[picked],
        "names": around.names[picked],
    }


def _hops(link: Places, picked: Places) -> list[Places]:
    """The places one, two and three links away."""
    hops, place = [], picked
    for _ in range(RADIUS):
        place = np.where(place == NONE, NONE, link[place])
        hops.append(place)
    return hops


def _taken(values: Array, places: Places) -> Array:
    """The values at those places, zero where there is none."""
    return np.where(places == NONE, np.float32(0), values[..., places])


def _saturated(counts: Array, lengths: Array, mean_length: float, length_weight: float) -> Array:
    """What BM25 makes of counts before it weighs the terms."""
    norm = SATURATION * (1 - length_weight + length_weight * lengths / max(mean_length, 1e-9))
    return np.asarray(counts * (SATURATION + 1) / (counts + norm), dtype=np.float32)


def _cosines(vectors: Array, picked: Places, query: Vector) -> Array:
    """How near vectors are to the query, seen from the middle of the picked ones; what they hold afterwards is lost."""
    middle = vectors[picked].mean(axis=0)
    direction = query - middle
    vectors -= middle
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)) * np.linalg.norm(direction)
    return np.asarray(products(vectors, direction) / np.maximum(lengths, 1e-9), dtype=np.float32)
