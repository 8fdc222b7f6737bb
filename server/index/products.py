"""The products of many vectors with one query."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from server.store.vectors import Vector

Array = npt.NDArray[np.float32]

# Below this many numbers, sharing the work takes longer than it saves.
WORTH_SHARING = 8_000_000
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
        if self._threads == 1 or vectors.size < WORTH_SHARING:
            return products(vectors, query)
        found = np.empty(len(vectors), dtype=np.float32)
        step = -(-len(vectors) // (PIECES * self._threads))
        pieces = iter(range(0, len(vectors), step))

        def work() -> None:
            for begin in pieces:
                piece = slice(begin, begin + step)
                products(vectors[piece], query, found[piece])

        others = [self._others.submit(work) for _ in range(self._threads - 1)]
        work()
        for other in others:
            if not other.cancel():
                other.result()
        return found

    def close(self) -> None:
        """End the threads."""
        self._others.shutdown()
