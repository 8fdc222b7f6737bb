"""Vectors in a quarter of their size, for a first look at all of them that misses none of the nearest.

A vector becomes whole numbers from -127 to 127 and one factor. How far products with those can be off is known, so
that everything that might be among the nearest can be told from what cannot, and only the former is multiplied exactly.
"""

from typing import Self

import numpy as np
import numpy.typing as npt

from server.index.products import Array, Multiplier, Wholes
from server.store.vectors import Vector

LARGEST = 127
BLOCK = 4096
EPSILON = float(np.finfo(np.float32).eps)
# With a smaller share of all rows asked for, copying them together is cheaper than multiplying all.
SPARSE = 0.3
Rows = npt.NDArray[np.int32]


class Codes:
    """The codes of the vectors on a shelf, row by row, and how far off the worst of them is."""

    def __init__(self, rows: int, width: int) -> None:
        self.wholes: Wholes = np.zeros((rows, width), dtype=np.int8)
        self.factors: Array = np.zeros(rows, dtype=np.float32)
        self._error = 0.0
        self._length = 0.0

    @classmethod
    def of(cls, vectors: Array, rows: int) -> Self:
        """The codes of vectors, with room for so many rows in all."""
        codes = cls(rows, vectors.shape[1])
        for begin in range(0, len(vectors), BLOCK):
            codes.put(begin, vectors[begin : begin + BLOCK])
        return codes

    @property
    def nbytes(self) -> int:
        return self.wholes.nbytes + self.factors.nbytes

    def put(self, row: int, vectors: Array) -> None:
        """Set the codes of as many rows as there are vectors, which may be narrower than the codes."""
        wholes, factors, error, length = _coded(vectors)
        rows = slice(row, row + len(vectors))
        # What a search in another thread may already see must be inside of the bounds that it reads later.
        self._error, self._length = max(self._error, error), max(self._length, length)
        self.wholes[rows, : vectors.shape[1]] = wholes
        self.factors[rows] = factors

    def clear(self, row: int) -> None:
        self.wholes[row] = 0
        self.factors[row] = 0

    def enlarged(self, rows: int, width: int) -> "Codes":
        """The same in larger arrays."""
        codes = Codes(rows, width)
        held, held_width = self.wholes.shape
        codes.wholes[:held, :held_width] = self.wholes
        codes.factors[:held] = self.factors
        codes._error, codes._length = self._error, self._length
        return codes

    def promising(self, rows: Rows | None, count: int, query: Vector, k: int, multiplier: Multiplier) -> Rows:
        """Those of some rows, or of the first `count`, that may be one of the k nearest."""
        chosen = slice(0, count) if rows is None or len(rows) >= SPARSE * count else rows
        wholes, factors, error, length = _coded(query[np.newaxis])
        scores = multiplier.whole_products(self.wholes[chosen], wholes[0])
        scores *= self.factors[chosen] * factors[0]
        if rows is not None and isinstance(chosen, slice):
            scores = scores[rows]
        if len(scores) > k:
            # Two may stand in the wrong order by as much as both are off: by Cauchy-Schwarz, and by rounding.
            rounding = len(query) * EPSILON * (self._length + self._error) * (length + error)
            off = self._error * (length + error) + self._length * error + rounding
            last = np.partition(scores, len(scores) - k)[len(scores) - k]
            places = np.flatnonzero(scores >= last - 2 * off).astype(np.int32)
        else:
            places = np.arange(len(scores), dtype=np.int32)
        return places if rows is None else rows[places]


def _coded(vectors: Array) -> tuple[Wholes, Array, float, float]:
    """Codes and factors, the largest distance from a vector to what its codes stand for, and the length of that."""
    factors = np.abs(vectors).max(axis=1) / np.float32(LARGEST)
    wholes = np.rint(vectors / np.where(factors > 0, factors, np.float32(1))[:, np.newaxis])
    meant = wholes * factors[:, np.newaxis]
    error, length = (float(np.sqrt(np.einsum("ij,ij->i", one, one).max())) for one in (vectors - meant, meant))
    return wholes.astype(np.int8), factors, error, length
