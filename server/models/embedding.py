"""What the server asks of an embedding model."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from server.core.errors import ValidationError

Matrix = npt.NDArray[np.float32]
TokenCounter = Callable[[Sequence[str]], list[int]]
MAX_DIMENSION = 1536


class Embedder(Protocol):
    """Turns texts into vectors of length one, so that a dot product is a cosine."""

    @property
    def name(self) -> str:
        """`provider/model`, as configured."""
        ...

    @property
    def dimension(self) -> int:
        """The width of every vector, at most `MAX_DIMENSION`."""
        ...

    async def embed(self, texts: Sequence[str]) -> Matrix:
        """One row a text, in their order; a `ProviderError` says why there are none."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has for the purpose of cutting it into chunks. Blocks; cheap for short texts."""
        ...


def unit_rows(rows: Matrix) -> Matrix:
    """The same directions at length one; a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)


def checked_dimension(name: str, dimension: int) -> int:
    """The same width, once it is certain that a stored vector can hold it."""
    if not 1 <= dimension <= MAX_DIMENSION:
        raise ValidationError(
            f"The embedding model {name} has {dimension} dimensions; choose one with 1 to {MAX_DIMENSION}."
        )
    return dimension
