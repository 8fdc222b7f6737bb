"""The OpenAI API, which many other servers speak too."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from server.models.language import Completion, Message, Schema
from server.models.provider import ProviderClient
from server.models.remote_embedding import RemoteEmbedder, token_count
from server.models.usage import Usage, UsageSink, discard

OPENAI_URL = "https://api.openai.com/v1"
_SHORTENABLE = "text-embedding-3-"


class OpenAIEmbedder(RemoteEmbedder):
    """`POST /embeddings`."""

    async def _ask(self, batch: Sequence[str]) -> tuple[Any, int]:
        body: dict[str, Any] = {"model": self._model, "input": list(batch), "encoding_format": "float"}
        if self._model.startswith(_SHORTENABLE):
            body["dimensions"] = self.dimension
        answer = await self._client.post("/embeddings", body)
        try:
            items = sorted(answer["data"], key=lambda item: item["index"])
            vectors = [item["embedding"] for item in items]
        except (KeyError, TypeError):
            raise self._client.unusable("answered without embeddings; check that base_url is its API") from None
        usage = answer.get("usage")
        return vectors, token_count(usage.get("prompt_tokens") if isinstance(usage, dict) else None)


class OpenAILanguageModel:
    """`POST /chat/completions`."""

    def __init__(self, client: ProviderClient, model: str, *, usage: UsageSink = discard) -> None:
        self.name = f"{client.name}/{model}"
        self._client = client
        self._model = model
        self._usage = usage

    async def complete(
        self, messages: Sequence[Message], *, schema: Schema | None = None, max_tokens: int = 1024
    ) -> Completion:
        body = self._body(messages, max_tokens)
        if schema is not None:
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}}
        answer = await self._client.post("/chat/completions", body)
        try:
            choice = answer["choices"][0]
            text = choice["message"]["content"]
            truncated = choice.get("finish_reason") == "length"
        except (KeyError, IndexError, TypeError, AttributeError):
            raise self._client.unusable("answered without a choice; check that base_url is its API") from None
        tokens_in, tokens_out = self._account(answer.get("usage"))
        completion = Completion(text if isinstance(text, str) else "", tokens_in, tokens_out, truncated)
        return self._client.checked_json(completion) if schema is not None else completion

    async def stream(self, messages: Sequence[Message], *, max_tokens: int = 1024) -> AsyncGenerator[str, None]:
        body = self._body(messages, max_tokens) | {"stream": True, "stream_options": {"include_usage": True}}
        ended = False
        async with aclosing(self._client.stream("/chat/completions", body)) as events:
            async for event in events:
                if event.get("error"):
                    raise self._client.broken_off(event["error"])
                if event.get("usage"):
                    self._account(event["usage"])
                for choice in _choices(event):
                    ended = ended or choice.get("finish_reason") is not None
                    match choice:
                        case {"delta": {"content": str(piece)}} if piece:
                            yield piece
        if not ended:
            raise self._client.broken_off()

    def _body(self, messages: Sequence[Message], max_tokens: int) -> dict[str, Any]:
        # OpenAI itself refuses the older name for its newer models, others know no other.
        limit = "max_completion_tokens" if self._client.base_url == OPENAI_URL else "max_tokens"
        shown = [{"role": message.role, "content": message.content} for message in messages]
        return {"model": self._model, "messages": shown, limit: max_tokens}

    def _account(self, usage: Any) -> tuple[int, int]:
        counted = usage if isinstance(usage, dict) else {}
        tokens_in, tokens_out = token_count(counted.get("prompt_tokens")), token_count(counted.get("completion_tokens"))
        self._usage(Usage(self.name, tokens_in, tokens_out))
        return tokens_in, tokens_out


def _choices(event: dict[str, Any]) -> list[dict[str, Any]]:
    choices = event.get("choices")
    return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []
