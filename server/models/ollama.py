"""Ollama's own API for embeddings; its chat is reached through the OpenAI one."""

from collections.abc import Sequence
from typing import Any

from server.models.remote_embedding import RemoteEmbedder, token_count

OLLAMA_URL = "http://127.0.0.1:11434"


class OllamaEmbedder(RemoteEmbedder):
    """`POST /api/embed`."""

    async def _ask(self, batch: Sequence[str]) -> tuple[Any, int]:
        answer = await self._client.post("/api/embed", {"model": self._model, "input": list(batch)})
        return answer.get("embeddings"), token_count(answer.get("prompt_eval_count"))
