"""The Anthropic API."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from server.models.language import Completion, Message, Schema
from server.models.provider import ProviderClient
from server.models.remote_embedding import token_count
from server.models.usage import Usage, UsageSink, discard

ANTHROPIC_URL = "https://api.anthropic.com/v1"
ANTHROPIC_VERSION = "2023-06-01"
_TOOL = "answer"


class AnthropicLanguageModel:
    """`POST /messages`; an answer with a schema is asked for as the input of a tool."""

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
            body["tools"] = [{"name": _TOOL, "description": "Give the answer.", "input_schema": dict(schema)}]
            body["tool_choice"] = {"type": "tool", "name": _TOOL}
        answer = await self._client.post("/messages", body)
        try:
            if schema is None:
                text = "".join(block["text"] for block in answer["content"] if block["type"] == "text")
            else:
                text = next(json.dumps(block["input"]) for block in answer["content"] if block["type"] == "tool_use")
        except (KeyError, TypeError, StopIteration):
            raise self._client.unusable("answered without the content that was asked for; try again") from None
        usage = answer.get("usage")
        counted = usage if isinstance(usage, dict) else {}
        tokens_in, tokens_out = token_count(counted.get("input_tokens")), token_count(counted.get("output_tokens"))
        self._usage(Usage(self.name, tokens_in, tokens_out))
        completion = Completion(text, tokens_in, tokens_out, answer.get("stop_reason") == "max_tokens")
        return self._client.checked_json(completion) if schema is not None else completion

    async def stream(self, messages: Sequence[Message], *, max_tokens: int = 1024) -> AsyncGenerator[str, None]:
        tokens_in = tokens_out = 0
        ended = False
        body = self._body(messages, max_tokens) | {"stream": True}
        async with aclosing(self._client.stream("/messages", body)) as events:
            async for event in events:
                match event:
                    case {"type": "message_start", "message": {"usage": {"input_tokens": counted}}}:
                        tokens_in = token_count(counted)
                    case {"type": "message_delta", "usage": {"output_tokens": counted}}:
                        tokens_out = token_count(counted)
                    case {"type": "message_stop"}:
                        ended = True
                    case {"type": "content_block_delta", "delta": {"type": "text_delta", "text": str(piece)}}:
                        yield piece
                    case {"type": "error"}:
                        raise self._client.broken_off(event.get("error"))
        if not ended:
            raise self._client.broken_off()
        self._usage(Usage(self.name, tokens_in, tokens_out))

    def _body(self, messages: Sequence[Message], max_tokens: int) -> dict[str, Any]:
        system = "\n\n".join(message.content for message in messages if message.role == "system")
        turns = [{"role": message.role, "content": message.content} for message in messages if message.role != "system"]
        body: dict[str, Any] = {"model": self._model, "messages": turns, "max_tokens": max_tokens}
        return body | {"system": system} if system else body
