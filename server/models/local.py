"""The embedding model that comes with the installation: no key, no network."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from server.core.errors import UnavailableError
from server.models.counting import TokenCounts
from server.models.embedding import Matrix, unit_rows

LOCAL_EMBEDDER = "local/wordllama-256"
_PACKAGE = "wordllama"
_WEIGHTS = Path("weights", "l2_supercat_256.safetensors")
_TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")
_BATCH = 64
# So many characters are done before another thread would have begun with them.
_SHORT = 2000


@dataclass(frozen=True, slots=True)
class _Model:
    tokenizer: Tokenizer
    vectors: Matrix


class LocalEmbedder:
    """Averages the word vectors of WordLlama; loaded at the first use, once an object.

    The files are read where the package keeps them, without importing it: the import would configure logging for the
    whole process, and its own look-up misses its tokenizer and goes to the network.
    """

    name = LOCAL_EMBEDDER
    dimension = 256

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: _Model | None = None
        self._counts = TokenCounts(self._tokenized)

    async def embed(self, texts: Sequence[str]) -> Matrix:
        if self._model is not None and sum(map(len, texts)) <= _SHORT:
            return self.embed_now(texts)
        return await asyncio.to_thread(self.embed_now, texts)

    def embed_now(self, texts: Sequence[str]) -> Matrix:
        """The same in the calling thread."""
        model = self._loaded()
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for begin in range(0, len(texts), _BATCH):
            batch = [_encodable(text) for text in texts[begin : begin + _BATCH]]
            for number, encoded in enumerate(model.tokenizer.encode_batch_fast(batch, add_special_tokens=False), begin):
                # A text without a single token has a direction all the same: that of the unknown word.
                rows[number] = model.vectors[encoded.ids or [0]].sum(axis=0)
        return unit_rows(rows)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._counts.of(texts)

    def _tokenized(self, texts: Sequence[str]) -> list[int]:
        encoded = self._loaded().tokenizer.encode_batch_fast(
            [_encodable(text) for text in texts], add_special_tokens=False
        )
        return [len(one) for one in encoded]

    def _loaded(self) -> _Model:
        with self._lock:
            if self._model is None:
                self._model = _load()
            return self._model


def _load() -> _Model:
    spec = find_spec(_PACKAGE)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / _WEIGHTS).is_file() or not (folder / _TOKENIZER).is_file():
        raise UnavailableError(
            f"The embedding model {LOCAL_EMBEDDER} is not complete on this machine; reinstall the package {_PACKAGE}."
        )
    tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return _Model(tokenizer, load_file(folder / _WEIGHTS)["embedding.weight"].astype(np.float32))


def _encodable(text: str) -> str:
    """Half of a surrogate pair, which JSON can smuggle into a string, becomes a replacement character."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
