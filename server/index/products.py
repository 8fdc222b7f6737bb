"""The products of many vectors with one query."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from server.store.vectors import Vector

Array = npt.NDArray[np.float32]

# Below this many numbers, sharing the work takes longer than it saves.
WORTH_SHARING = 8_000_000


def products(vectors: Array, query: Vector) -> Array:
    """The product of each vector with the query, in this thread alone.

    As fast as a matrix product: those of the linear algebra library wait for each other busily, which takes several
    times as long as the product itself where others want the processor too.
    """
    return np.asarray(np.einsum("ij,j->i", vectors, query), dtype=np.float32)


class Multiplier:
    """Shares large products among as many threads as there are processors."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or len(os.sched_getaffinity(0))
        self._others = ThreadPoolExecutor(max(1, self._threads - 1), thread_name_prefix="products")

    def products(self, vectors: Array, query: Vector) -> Array:
        """The product of each vector with the query."""
        if self._threads == 1 or vectors.size < WORTH_SHARING:
            return products(vectors, query)
        own, *parts = np.array_split(vectors, self._threads)
        others = [self._others.submit(products, part, query) for part in parts]
        return np.concatenate([products(own, query), *(other.result() for other in others)])

    def close(self) -> None:
        """End the threads."""
        self._others.shutdown()
