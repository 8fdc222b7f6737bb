"""What embedding models behind HTTP have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from server.models.embedding import Matrix, TokenCounter, checked_dimension, unit_rows
from server.models.provider import ProviderClient
from server.models.usage import Usage, UsageSink, discard


class RemoteEmbedder(ABC):
    """Sends texts in batches, one after the other, and trusts no answer before it has been looked at."""

    def __init__(
        self,
        client: ProviderClient,
        model: str,
        dimension: int,
        *,
        count_tokens: TokenCounter,
        usage: UsageSink = discard,
        batch_size: int = 64,
    ) -> None:
        self.name = f"{client.name}/{model}"
        self.dimension = checked_dimension(self.name, dimension)
        self._client = client
        self._model = model
        self._count_tokens = count_tokens
        self._usage = usage
        self._batch_size = batch_size

    async def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for begin in range(0, len(texts), self._batch_size):
            batch = [text or " " for text in texts[begin : begin + self._batch_size]]
            vectors, tokens = await self._ask(batch)
            rows[begin : begin + len(batch)] = self._checked(vectors, len(batch))
            self._usage(Usage(self.name, tokens))
        return unit_rows(rows)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Counted with the local tokenizer: close enough for cutting, and no call over the network."""
        return self._count_tokens(texts)

    @abstractmethod
    async def _ask(self, batch: Sequence[str]) -> tuple[Any, int]:
        """The vectors as the provider sent them, in the order of the batch, and the tokens it counted."""

    def _checked(self, vectors: Any, count: int) -> Matrix:
        if not isinstance(vectors, list) or len(vectors) != count:
            found = len(vectors) if isinstance(vectors, list) else "no list of"
            raise self._client.unusable(f"answered {found} vectors for {count} texts to {self._model}; try again")
        try:
            rows = np.asarray(vectors, dtype=np.float32)
        except (ValueError, TypeError):
            raise self._client.unusable(f"answered vectors of {self._model} that are no rows of numbers") from None
        if rows.shape != (count, self.dimension):
            raise self._client.unusable(
                f"answered vectors of shape {rows.shape} where {self._model} is configured with {self.dimension} "
                f"dimensions; name the model '{self.name}@{rows.shape[-1]}' and reindex the Context"
            )
        if not np.isfinite(rows).all() or not rows.any(axis=1).all():
            raise self._client.unusable(f"answered vectors of {self._model} with no direction; try another model")
        return rows


def token_count(value: Any) -> int:
    """A count out of a provider's answer; 0 where it has none."""
    return value if isinstance(value, int) and value >= 0 else 0
