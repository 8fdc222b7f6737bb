"""Chat over HTTP: answered from memory or by a model that misbehaves, remembered, traced, and streamed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.streams import served
from tests.models.scripted_server import Reply, ScriptedServer
from tests.models.test_language import answer, streamed
from tests.support.app import App, running

BASE = "/api/v1/acme"
CHAT = f"{BASE}/chat"
ALICE, BOB = {"org": "acme", "user": "alice"}, {"org": "acme", "user": "bob"}
UNKNOWN = "I do not know"
PATIENCE = 30


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def app(tmp_path: Path, provider: ScriptedServer) -> AsyncIterator[App]:
    """A server whose providers are the scripted one."""
    urls = dict.fromkeys(("openai", "anthropic", "ollama"), provider.url)
    async with running(tmp_path, provider_urls=urls) as started:
        started.clock.short_seconds = 8
        yield started


async def prepared(app: App, response: str = "local/extractive", **config: Any) -> None:
    models = {"response": response, "reflection": response}
    await app.context(config={"models": models, "providers": {"openai": "sk-test", "anthropic": "sk-test"}, **config})
    for text in ("I live in Lisbon and I work at Globex.", "The red bicycle in the cellar has a broken chain."):
        told = await app.http.post(f"{BASE}/facts", json={"text": text, "scope": ALICE})
        assert told.is_success, told.text


async def chat(app: App, message: str, http: httpx.AsyncClient | None = None, **body: Any) -> dict[str, Any]:
    reply = await (http or app.http).post(CHAT, json={"message": message, "scope": ALICE, **body})
    assert reply.status_code == 200, reply.text
    document: dict[str, Any] = reply.json()
    return document


async def trace(app: App, trace_id: str) -> dict[str, Any]:
    found = await app.http.get(f"{BASE}/traces/{trace_id}")
    assert found.status_code == 200, found.text
    document: dict[str, Any] = found.json()
    return document


async def turns(app: App, session_id: str) -> list[tuple[str, str]]:
    found = await app.http.get(f"{BASE}/sessions/{session_id}/turns")
    return [(turn["role"], turn["content"]) for turn in found.json()["turns"]]


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """What a stream said, without the line that tells when to come back."""
    found = []
    for block in text.strip().split("\n\n")[1:]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found


async def test_offline_it_answers_from_what_is_known(app: App) -> None:
    await prepared(app)
    first = await chat(app, "Where do I live?")
    assert "Lisbon" in first["reply"]
    assert (first["model"], first["note"], first["tier"]) == ("offline", None, "direct")
    (cited,) = [one for one in first["evidence"] if one["cited"]]
    assert f"[{cited['cite']}]" in first["reply"]
    assert cited["id"].startswith("attribute:")
    second = await chat(app, "What is wrong with the bicycle?", session_id=first["session_id"])
    assert "broken chain" in second["reply"]
    third = await chat(app, "Who won the chess tournament in Reykjavik?", session_id=first["session_id"])
    assert third["reply"].startswith(UNKNOWN)
    assert not any(one["cited"] for one in third["evidence"])


async def test_what_a_message_tells_is_remembered_and_said_back(app: App) -> None:
    await prepared(app)
    told = await chat(app, "I moved to Porto.")
    assert "Porto" in told["reply"]
    assert [one["value"] for one in told["memory_updates"]["attributes"]] == ["Porto"]
    asked = await chat(app, "Where do I live?", session_id=told["session_id"])
    assert "Porto" in asked["reply"]
    assert await turns(app, told["session_id"]) == [
        ("user", "I moved to Porto."),
        ("assistant", told["reply"]),
        ("user", "Where do I live?"),
        ("assistant", asked["reply"]),
    ]


async def test_an_answer_is_no_evidence_for_the_next(app: App) -> None:
    await prepared(app)
    session = None
    for _ in range(3):
        found = await chat(app, "What is wrong with the bicycle?", session_id=session)
        session = found["session_id"]
        (cited,) = [one for one in found["evidence"] if one["cited"]]
        assert (cited["role"], cited["text"]) == ("user", "The red bicycle in the cellar has a broken chain.")
        assert not any(one.get("role") == "assistant" for one in found["evidence"])


async def test_a_message_is_traced_with_its_evidence_and_turns(app: App) -> None:
    await prepared(app)
    found = await chat(app, "Where do I live?")
    written = await trace(app, found["trace_id"])
    assert (written["kind"], written["query"], written["model"]) == ("chat", "Where do I live?", "offline")
    assert written["session_id"] == found["session_id"]
    assert written["returned"] == [one["id"] for one in found["evidence"] if one["cited"]]
    assert written["written"]["turn"] == found["turn_id"]
    assert {found["turn_id"], found["reply_turn_id"]} <= {turn["id"] for turn in written["turns"]}


async def test_nobody_is_told_what_is_out_of_their_sight(app: App) -> None:
    await prepared(app)
    bob = await app.agent(scope_floor=BOB)
    of_alice = await chat(app, "Where do I live?")
    asked = await bob.post(CHAT, json={"message": "Where does alice live?"})
    assert asked.json()["reply"].startswith(UNKNOWN)
    assert "Lisbon" not in asked.text
    assert (await bob.post(CHAT, json={"message": "Hi", "scope": ALICE})).status_code == 403
    assert (await bob.post(CHAT, json={"message": "Hi", "session_id": of_alice["session_id"]})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": " "},
        {"message": "x", "model": "best"},
        {"message": "x", "model": "nobody/knows"},
        {"message": "x", "question": "y"},
        {"message": "x", "k": 0},
    ],
)
async def test_what_makes_no_sense_is_refused_and_leaves_no_session(app: App, body: dict[str, Any]) -> None:
    await prepared(app)
    before = (await app.http.get(f"{BASE}/sessions")).json()["sessions"]
    refused = await app.http.post(CHAT, json=body | {"scope": ALICE})
    assert refused.status_code == 400, refused.text
    assert (await app.http.get(f"{BASE}/sessions")).json()["sessions"] == before


@pytest.mark.parametrize("kind", ["openai", "ollama", "anthropic"])
async def test_a_model_is_shown_the_evidence_and_the_conversation(
    app: App, provider: ScriptedServer, kind: str
) -> None:
    await prepared(app, f"{kind}/tiny")
    provider.script(answer(kind, "You live in Lisbon [1]."), answer(kind, "As I said [1] [99]."))
    first = await chat(app, "Where do I live?")
    assert (first["reply"], first["model"], first["note"]) == ("You live in Lisbon [1].", f"{kind}/tiny", None)
    assert [one["cite"] for one in first["evidence"] if one["cited"]] == [1]
    assert first["token_cost"] == 16
    second = await chat(app, "Are you sure?", session_id=first["session_id"])
    assert [one["cite"] for one in second["evidence"] if one["cited"]] == [1]
    shown = json.dumps(provider.requests[0].body)
    assert "[1] alice" in shown
    assert "Lisbon" in shown
    conversation = [(one["role"], one["content"]) for one in provider.requests[1].body["messages"]]
    assert conversation[-3:] == [
        ("user", "Where do I live?"),
        ("assistant", "You live in Lisbon [1]."),
        ("user", "Are you sure?"),
    ]
    traced = await trace(app, first["trace_id"])
    assert (traced["model"], traced["token_cost"]) == (f"{kind}/tiny", 16)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "failing",
    [
        [Reply({"error": {"message": "overloaded sk-test"}}, status=429, headers={"Retry-After": "3600"})],
        [Reply({"error": "broken"}, status=500)] * 4,
        [Reply({"error": {"message": "no such key"}}, status=401)],
        [Reply(b"<html>hello</html>")],
        [Reply(b"data: rubbish\n\n")],
        [Reply(b"")],
    ],
    ids=["busy", "failing", "refusing", "a page", "rubbish", "silent"],
)
async def test_a_model_that_fails_is_done_without(
    app: App, provider: ScriptedServer, failing: list[Reply], stream: bool
) -> None:
    await prepared(app, "openai/tiny")
    provider.script(*failing)
    reply = await app.http.post(CHAT, json={"message": "Where do I live?", "scope": ALICE, "stream": stream})
    found = events(reply.text)[-1][1] if stream else reply.json()
    assert found["model"] == "offline"
    assert "Lisbon" in found["reply"]
    assert "openai" in found["note"]
    assert "sk-test" not in reply.text
    assert (await trace(app, found["trace_id"]))["model"] == "offline"


async def test_a_configured_model_without_a_key_is_done_without_but_one_asked_for_is_not(
    tmp_path: Path, provider: ScriptedServer
) -> None:
    async with running(tmp_path) as app:
        await app.context(config={"models": {"response": "openai/tiny"}})
        found = await chat(app, "Where do I live?")
        assert found["model"] == "offline"
        assert "no key" in found["note"]
        asked = await app.http.post(CHAT, json={"message": "Hi", "scope": ALICE, "model": "anthropic/tiny"})
        assert asked.status_code == 400
        assert not provider.requests


async def test_tokens_are_counted_and_limited(app: App, provider: ScriptedServer) -> None:
    await prepared(app, "openai/tiny", token_limit=16)
    provider.script(answer("openai", "Lisbon [1]."))
    await chat(app, "Where do I live?")
    assert (await app.http.get("/api/v1/contexts/acme/usage")).json()["tokens_used"] == 16
    for stream in (False, True):
        refused = await app.http.post(CHAT, json={"message": "Again?", "scope": ALICE, "stream": stream})
        assert refused.status_code == 429
        assert refused.headers["retry-after"]
    assert (await chat(app, "Where do I live?", model="offline"))["model"] == "offline"


@pytest.mark.parametrize("headers", [{"Accept": "text/event-stream"}, {}])
async def test_an_answer_comes_in_pieces(app: App, provider: ScriptedServer, headers: dict[str, str]) -> None:
    await prepared(app, "anthropic/tiny")
    provider.script(streamed("anthropic", "Lis", "bon [1]."))
    body = {"message": "Where do I live?", "scope": ALICE} | ({} if headers else {"stream": True})
    reply = await app.http.post(CHAT, json=body, headers=headers)
    assert reply.headers["content-type"].startswith("text/event-stream")
    (begun, known), *pieces, (done, whole) = events(reply.text)
    assert (begun, done) == ("start", "done")
    assert pieces == [("delta", {"delta": "Lis"}), ("delta", {"delta": "bon [1]."})]
    assert whole["reply"] == "Lisbon [1]."
    assert whole["done"] is True
    assert known == {name: whole[name] for name in ("trace_id", "session_id")}
    assert await turns(app, whole["session_id"]) == [("user", "Where do I live?"), ("assistant", "Lisbon [1].")]
    assert whole["token_cost"] == 16


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
async def test_a_stream_that_breaks_off_says_so_and_is_counted(app: App, provider: ScriptedServer, kind: str) -> None:
    await prepared(app, f"{kind}/tiny")
    whole = streamed(kind, "You live in Lis", "bon.")
    cut = whole.content().index(b"bon.")
    provider.script(Reply(whole.content(), cut=cut))
    reply = await app.http.post(CHAT, json={"message": "Where do I live?", "scope": ALICE, "stream": True})
    (_, known), *_, (last, problem) = events(reply.text)
    assert ("delta", {"delta": "You live in Lis"}) in events(reply.text)
    assert (last, problem["status"], problem["trace_id"]) == ("error", 503, known["trace_id"])
    traced = await trace(app, known["trace_id"])
    assert "cut short" in traced["tier_reason"]
    assert traced["token_cost"] > 0
    assert (await app.http.get("/api/v1/contexts/acme/usage")).json()["tokens_used"] == traced["token_cost"]
    assert await turns(app, known["session_id"]) == [("user", "Where do I live?")]


async def test_who_leaves_in_the_middle_ends_the_call_and_leaves_a_trace(app: App, provider: ScriptedServer) -> None:
    await prepared(app, "openai/tiny")
    whole = streamed("openai", "You live in Lis", "bon.")
    provider.script(Reply(whole.content(), stall=whole.content().index(b"bon.")))
    async with served(app.server) as url, httpx.AsyncClient(timeout=PATIENCE) as client:
        body = {"message": "Where do I live?", "scope": ALICE, "stream": True}
        async with client.stream("POST", url + CHAT, json=body, headers={"API-KEY": app.key}) as reply:
            lines = reply.aiter_lines()
            seen: list[str] = []
            while not any("You live in" in line for line in seen):
                seen.append(await anext(lines))
        async with asyncio.timeout(PATIENCE):
            await provider.left.wait()
            while True:
                listed = (await app.http.get(f"{BASE}/traces", params={"kind": "chat"})).json()["traces"]
                if listed:
                    break
                await asyncio.sleep(0.01)
    (traced,) = listed
    assert "cut short" in traced["tier_reason"]
    assert traced["token_cost"] > 0
    assert await turns(app, traced["session_id"]) == [("user", "Where do I live?")]


async def test_the_same_message_again_gets_the_same_answer(app: App) -> None:
    await prepared(app)
    body = {"message": "Where do I live?", "scope": ALICE}
    answers = [await app.http.post(CHAT, json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await turns(app, answers[0].json()["session_id"])) == 2
    streams = [
        await app.http.post(CHAT, json=body | {"stream": True}, headers={"Idempotency-Key": "two"}) for _ in range(2)
    ]
    assert all(events(one.text)[-1][0] == "done" for one in streams)
