"""Language models over HTTP, in both protocols."""

import json
from typing import Any

import pytest

from server.core.errors import ProviderAnswerError
from server.models.language import Completion, LanguageModel, Message
from server.models.registry import ModelRegistry
from server.models.settings import ProviderSettings
from server.models.usage import Usage
from tests.models.scripted_server import Reply, ScriptedServer

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
ASKED = [Message("system", "Be brief."), Message("user", "Where?")]


@pytest.fixture(params=["openai", "ollama", "anthropic"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def model(
    kind: str, registry: ModelRegistry, providers: dict[str, ProviderSettings], account: list[Usage]
) -> LanguageModel:
    return registry.language_model(f"{kind}/tiny", providers, account.append)


def answer(kind: str, text: str, *, structured: bool = False, truncated: bool = False) -> Reply:
    """What that provider says when this is the answer."""
    if kind != "anthropic":
        choice = {"message": {"content": text}, "finish_reason": "length" if truncated else "stop"}
        return Reply({"choices": [choice], "usage": {"prompt_tokens": 11, "completion_tokens": 5}})
    block = {"type": "tool_use", "input": json.loads(text)} if structured else {"type": "text", "text": text}
    reason = "max_tokens" if truncated else "end_turn"
    return Reply({"content": [block], "stop_reason": reason, "usage": {"input_tokens": 11, "output_tokens": 5}})


def streamed(kind: str, *pieces: str) -> Reply:
    if kind == "anthropic":
        events: list[dict[str, Any]] = [{"type": "message_start", "message": {"usage": {"input_tokens": 11}}}]
        events += [{"type": "content_block_delta", "delta": {"type": "text_delta", "text": piece}} for piece in pieces]
        events += [{"type": "message_delta", "usage": {"output_tokens": 5}}, {"type": "message_stop"}]
    else:
        events = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
        events += [{"choices": [{"delta": {}, "finish_reason": "stop"}]}]
        events += [{"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 5}}]
    return Reply("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode())


async def test_an_answer_is_accounted(
    kind: str, model: LanguageModel, provider: ScriptedServer, account: list[Usage]
) -> None:
    provider.script(answer(kind, "Berlin"), answer(kind, "Ber", truncated=True))
    assert await model.complete(ASKED, max_tokens=64) == Completion("Berlin", 11, 5)
    assert (await model.complete(ASKED)).truncated
    assert account == [Usage(f"{kind}/tiny", 11, 5)] * 2
    assert model.name == f"{kind}/tiny"


async def test_each_provider_is_asked_in_its_own_words(
    kind: str, model: LanguageModel, provider: ScriptedServer
) -> None:
    provider.script(answer(kind, "Berlin"))
    await model.complete(ASKED, max_tokens=64)
    (request,) = provider.requests
    assert request.body["max_tokens"] == 64
    if kind == "anthropic":
        assert request.path == "/messages"
        assert request.headers["x-api-key"] == "sk-very-secret"
        assert request.body["system"] == "Be brief."
        assert request.body["messages"] == [{"role": "user", "content": "Where?"}]
    else:
        assert request.path == ("/v1/chat/completions" if kind == "ollama" else "/chat/completions")
        assert [message["role"] for message in request.body["messages"]] == ["system", "user"]


async def test_a_schema_brings_json(kind: str, model: LanguageModel, provider: ScriptedServer) -> None:
    provider.script(answer(kind, '{"city": "Berlin"}', structured=True))
    completion = await model.complete(ASKED, schema=SCHEMA)
    assert completion.json() == {"city": "Berlin"}
    assert json.dumps(SCHEMA) in json.dumps(provider.requests[0].body)


async def test_a_structured_answer_cut_short_says_so(kind: str, model: LanguageModel, provider: ScriptedServer) -> None:
    provider.script(answer(kind, '{"city": "Ber"}', structured=True, truncated=True))
    with pytest.raises(ProviderAnswerError, match="needed more than 5 tokens"):
        await model.complete(ASKED, schema=SCHEMA)


@pytest.mark.parametrize("kind", ["openai", "ollama"])
async def test_prose_in_place_of_json_is_no_answer(model: LanguageModel, provider: ScriptedServer) -> None:
    provider.script(answer("openai", "It is Berlin."))
    with pytest.raises(ProviderAnswerError, match="no JSON object"):
        await model.complete(ASKED, schema=SCHEMA)


@pytest.mark.parametrize("body", [{}, {"choices": []}, {"choices": None}, {"content": "x"}, {"content": [{}]}])
async def test_an_answer_to_something_else_is_told(
    model: LanguageModel, provider: ScriptedServer, body: dict[str, Any]
) -> None:
    provider.script(Reply(body))
    with pytest.raises(ProviderAnswerError, match="answered without"):
        await model.complete(ASKED)


async def test_an_answer_is_streamed_and_accounted(
    kind: str, model: LanguageModel, provider: ScriptedServer, account: list[Usage]
) -> None:
    provider.script(streamed(kind, "Ber", "lin"))
    assert [piece async for piece in model.stream(ASKED, max_tokens=64)] == ["Ber", "lin"]
    assert provider.requests[0].body["stream"] is True
    assert account == [Usage(f"{kind}/tiny", 11, 5)]


@pytest.mark.parametrize("kind", ["anthropic"])
async def test_an_error_in_the_stream_is_raised(model: LanguageModel, provider: ScriptedServer) -> None:
    provider.script(Reply(b'data: {"type": "error", "error": {"message": "Overloaded"}}\n\n'))
    with pytest.raises(ProviderAnswerError, match="broke off its answer: Overloaded"):
        await anext(model.stream(ASKED))
