"""The products of many vectors with one query."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import simsimd

from server.store.vectors import Vector

Array = npt.NDArray[np.float32]
Wholes = npt.NDArray[np.int8]

# Below this many numbers, sharing the work takes longer than it saves.
WORTH_SHARING = 8_000_000
# Whole numbers of eight bits are multiplied about as many times as fast.
WHOLES_WORTH_SHARING = 4 * WORTH_SHARING
# So many pieces a thread: one that is held up leaves more of them to the others.
PIECES = 8


def products(vectors: Array, query: Vector, into: Array | None = None) -> Array:
    """The product of each vector with the query, in this thread alone.

    As fast as a matrix product: those of the linear algebra library wait for each other busily, which takes several
    times as long as the product itself where others want the processor too.
    """
    return np.asarray(np.einsum("ij,j->i", vectors, query, out=into), dtype=np.float32)


class Multiplier:
    """Shares large products among as many threads as there are processors."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or len(os.sched_getaffinity(0))
        self._others = ThreadPoolExecutor(max(1, self._threads - 1), thread_name_prefix="products")

    def products(self, vectors: Array, query: Vector) -> Array:
        """The product of each vector with the query."""
        found = np.empty(len(vectors), dtype=np.float32)

        def multiply(piece: slice) -> None:
            products(vectors[piece], query, found[piece])

        self._share(len(vectors), vectors.size >= WORTH_SHARING, multiply)
        return found

    def whole_products(self, vectors: Wholes, query: Wholes) -> Array:
        """The same of whole numbers; exact where they are no wider than some thousand."""
        found = np.empty(len(vectors), dtype=np.float32)
        row = query[np.newaxis]

        def multiply(piece: slice) -> None:
            found[piece] = np.asarray(simsimd.cdist(row, vectors[piece], "dot"))[0]

        self._share(len(vectors), vectors.size >= WHOLES_WORTH_SHARING, multiply)
        return found

    def _share(self, count: int, worth: bool, multiply: Callable[[slice], None]) -> None:
        if not count:
            return
        if self._threads == 1 or not worth:
            multiply(slice(0, count))
            return
        step = -(-count // (PIECES * self._threads))
        pieces = iter(range(0, count, step))

        def work() -> None:
            for begin in pieces:
                multiply(slice(begin, min(begin + step, count)))

        others = [self._others.submit(work) for _ in range(self._threads - 1)]
        work()
        for other in others:
            if not other.cancel():
                other.result()

    def close(self) -> None:
        """End the threads."""
        self._others.shutdown()
