"""Extraction by language models, against a provider that misbehaves in every way a real one does."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from server.memory.extraction.extractor import Role, TurnInput
from server.memory.extraction.heuristic.extractor import HeuristicExtractor
from server.memory.extraction.schema import document
from tests.memory.story import TURNS
from tests.models.scripted_server import Reply, ScriptedServer
from tests.support.app import App, running

FACTS = "/api/v1/acme/facts"
MODELS = {"extraction": "openai/fast", "extraction_strong": "openai/strong"}
TURN = "I live in Berlin."


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def app(tmp_path: Path, provider: ScriptedServer) -> AsyncIterator[App]:
    """A server whose OpenAI is the scripted provider."""
    urls = {"openai": provider.url, "anthropic": provider.url}
    async with running(tmp_path, provider_urls=urls) as started:
        started.clock.short_seconds = 4
        yield started


def diff(value: str = "Munich", *, confidence: float = 0.9, key: str = "location") -> dict[str, Any]:
    user = {"type": "Person", "name": "alice"}
    return {"attributes": [{"entity": user, "key": key, "value": value, "confidence": confidence}]}


def openai(answer: Any, tokens: int = 100) -> Reply:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    usage = {"prompt_tokens": tokens - 10, "completion_tokens": 10}
    return Reply({"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": usage})


async def prepared(app: App, models: dict[str, str] | None = None, **config: Any) -> None:
    providers = {"openai": "sk-test", "anthropic": "sk-test"}
    await app.context(config={"models": models or MODELS, "providers": providers, **config})


async def remember(app: App, text: str = TURN, status: int = 200) -> dict[str, Any]:
    answer = await app.http.post(FACTS, json={"text": text, "scope": {"user": "alice"}})
    assert answer.status_code == status, answer.text
    document: dict[str, Any] = answer.json()
    return document


def values(answer: dict[str, Any]) -> list[str]:
    return [row["value"] for row in answer["extraction"]["attributes"]]


def asked(provider: ScriptedServer) -> list[str]:
    return [request.body["model"] for request in provider.requests]


async def test_a_sure_fast_model_is_asked_alone(app: App, provider: ScriptedServer) -> None:
    await prepared(app)
    provider.script(openai(diff()))
    assert values(await remember(app)) == ["Munich"]
    assert asked(provider) == ["fast"]
    (request,) = provider.requests
    assert request.body["response_format"]["type"] == "json_schema"
    shown = json.loads(request.body["messages"][1]["content"])
    assert (shown["turn"], shown["role"]) == (TURN, "user")
    assert "alice" in request.body["messages"][0]["content"]


async def test_an_unsure_one_calls_for_the_strong_one(app: App, provider: ScriptedServer) -> None:
    await prepared(app)
    provider.script(openai(diff("Rome", confidence=0.2)), openai(diff("Oslo")))
    assert values(await remember(app)) == ["Oslo"]
    assert asked(provider) == ["fast", "strong"]


async def test_what_the_fast_one_found_stands_when_the_strong_one_fails(app: App, provider: ScriptedServer) -> None:
    await prepared(app)
    provider.script(openai(diff("Rome", confidence=0.2)), Reply({"error": {"message": "no"}}, status=400))
    assert values(await remember(app)) == ["Rome"]


async def test_a_wrong_answer_may_be_repaired_once(app: App, provider: ScriptedServer) -> None:
    await prepared(app)
    provider.script(openai({"attributes": [{"key": "location"}]}), openai(diff()))
    assert values(await remember(app)) == ["Munich"]
    told = provider.requests[1].body["messages"]
    assert [message["role"] for message in told] == ["system", "user", "assistant", "user"]
    assert "attributes[0]" in told[-1]["content"]


BROKEN: dict[str, Sequence[Reply]] = {
    "no json": [openai("I am sorry, Dave."), openai("I am sorry, Dave.")],
    "wrong schema twice": [openai({"attributes": 7}), openai({"attributes": 7})],
    "no choices": [Reply({"choices": []})],
    "empty": [openai("")],
    "truncated": [Reply({"choices": [{"message": {"content": "{"}, "finish_reason": "length"}]})],
    "html": [Reply(b"<html>502</html>")],
    "refused": [Reply({"error": {"message": "bad key"}}, status=401)],
    "server error": [Reply(b"oops", status=500)] * 8,
    "overloaded": [Reply({"error": "slow down"}, status=429, headers={"Retry-After": "3600"})] * 8,
    "cut off": [Reply({"choices": []}, cut=3)] * 8,
}


@pytest.mark.parametrize("replies", BROKEN.values(), ids=BROKEN.keys())
async def test_the_rules_stand_in_for_a_broken_model(
    app: App, provider: ScriptedServer, replies: Sequence[Reply]
) -> None:
    await prepared(app, {"extraction": "openai/fast"})
    provider.script(*replies)
    answer = await remember(app)
    assert values(answer) == ["Berlin"]
    assert answer["pending"] is False


async def test_a_model_of_anthropic_is_asked_in_its_own_way(app: App, provider: ScriptedServer) -> None:
    await prepared(app, {"extraction": "anthropic/fast"})
    usage = {"input_tokens": 5, "output_tokens": 5}
    provider.script(Reply({"content": [{"type": "tool_use", "name": "answer", "input": diff()}], "usage": usage}))
    assert values(await remember(app)) == ["Munich"]
    assert provider.requests[0].path == "/messages"


async def test_tokens_are_counted_and_the_month_has_an_end(app: App, provider: ScriptedServer) -> None:
    await prepared(app, token_limit=250)
    for value in ("Rome", "Oslo", "Bonn"):
        provider.script(openai(diff(value), tokens=100))
        await remember(app, f"I moved to {value}.")
    usage = (await app.http.get("/api/v1/contexts/acme/usage")).json()
    assert usage["tokens_used"] == 300
    refused = await remember(app, "I moved to Kiel.", 429)
    assert refused["type"].endswith("rate-limited")
    turns = (await app.http.get("/api/v1/acme/sessions")).json()["sessions"]
    assert len(turns) == 3
    app.clock.advance(32 * 86_400)
    provider.script(openai(diff("Kiel")))
    assert values(await remember(app, "I moved to Kiel.")) == ["Kiel"]


async def test_tokens_of_a_minute_are_limited_too(app: App, provider: ScriptedServer) -> None:
    await prepared(app, rate_limit={"tokens_per_minute": 150})
    provider.script(openai(diff("Rome"), tokens=200), openai(diff("Oslo"), tokens=100))
    await remember(app)
    await remember(app, status=429)
    app.clock.advance(60)
    assert values(await remember(app)) == ["Oslo"]


async def test_a_whole_conversation_understood_by_a_model(app: App, provider: ScriptedServer) -> None:
    await prepared(app, {"extraction": "openai/fast"})
    session = (await app.http.post("/api/v1/acme/sessions", json={"scope": {"user": "nora"}})).json()["id"]
    rules, said = HeuristicExtractor(), list[str]()
    for role, content in TURNS:
        turn = TurnInput(content, app.clock.now(), cast("Role", role), "nora", said[-4:])
        provider.script(openai(document(await rules.extract(turn))))
        body = {"role": role, "content": content}
        answer = await app.http.post(f"/api/v1/acme/sessions/{session}/turns", json=body)
        assert answer.status_code == 201, answer.text
        said.append(content)
        app.clock.advance(60)
    assert len(provider.requests) == len(TURNS)
    profile = (await app.http.get("/api/v1/acme/profile", params={"scope": "user/nora"})).json()
    held = {(row["key"], row["value"]) for row in profile["static"]}
    assert {("location", "Uppsala"), ("employer", "Spotify"), ("email", "nora.l@example.test")} <= held
    assert profile["instructions"][0]["description"] == "Always answer in English"
