"""Reflection over HTTP: drawn together from evidence, and remembered when a supervisor says so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.models.scripted_server import Reply, ScriptedServer
from tests.models.test_language import answer
from tests.support.app import App, running

BASE = "/api/v1/acme"
ALICE, BOB = {"org": "acme", "user": "alice"}, {"org": "acme", "user": "bob"}
QUESTION = "What is known about the bicycle?"
CONCLUSION = "The bicycle is broken and its repair is planned [1]."


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def app(tmp_path: Path, provider: ScriptedServer) -> AsyncIterator[App]:
    async with running(tmp_path, provider_urls={"openai": provider.url}) as started:
        started.clock.short_seconds = 8
        config = {"models": {"reflection": "openai/tiny"}, "providers": {"openai": "sk-test"}}
        await started.context(config=config)
        for text in ("The red bicycle has a broken chain.", "I want to repair the bicycle on Saturday."):
            told = await started.http.post(f"{BASE}/facts", json={"text": text, "scope": ALICE})
            assert told.is_success, told.text
        yield started


async def reflect(app: App, http: httpx.AsyncClient | None = None, **body: Any) -> dict[str, Any]:
    found = await (http or app.http).post(f"{BASE}/reflect", json={"query": QUESTION, **body})
    assert found.status_code == 200, found.text
    document: dict[str, Any] = found.json()
    return document


async def test_offline_the_evidence_speaks_for_itself(app: App) -> None:
    found = await reflect(app, scope=ALICE, model="offline")
    assert "broken chain" in found["reflection"]
    assert "repair the bicycle" in found["reflection"]
    assert found["model"] == "offline"
    assert set(found["evidence"]) == {one["id"] for one in found["citations"] if one["cited"]}
    assert found["persisted_attributes"] == []
    traced = (await app.http.get(f"{BASE}/traces/{found['trace_id']}")).json()
    assert (traced["kind"], traced["returned"]) == ("reflect", found["evidence"])


async def test_a_model_draws_it_together(app: App, provider: ScriptedServer) -> None:
    provider.script(answer("openai", CONCLUSION))
    found = await reflect(app, scope=ALICE)
    assert (found["reflection"], found["model"], found["token_cost"]) == (CONCLUSION, "openai/tiny", 16)
    assert found["evidence"] == [found["citations"][0]["id"]]


async def test_a_model_that_fails_is_done_without(app: App, provider: ScriptedServer) -> None:
    provider.script(Reply(b"<html>", status=200))
    found = await reflect(app, scope=ALICE)
    assert found["model"] == "offline"
    assert "openai" in found["note"]
    assert "broken chain" in found["reflection"]


async def test_nothing_is_made_of_nothing(app: App) -> None:
    supervisor = await app.agent(principal="supervisor", scope_floor=BOB)
    found = await reflect(app, supervisor, model="offline", persist=True)
    assert found["reflection"].startswith("I do not know")
    assert (found["evidence"], found["persisted_attributes"], found["turn_id"]) == ([], [], None)


async def test_only_a_supervisor_persists(app: App, provider: ScriptedServer) -> None:
    agent = await app.agent(scope_floor=ALICE)
    refused = await agent.post(f"{BASE}/reflect", json={"query": QUESTION, "persist": True})
    assert refused.status_code == 403
    assert not provider.requests
    assert (await reflect(app, agent, model="offline"))["persisted_attributes"] == []


async def test_what_is_persisted_is_remembered_with_its_evidence(app: App, provider: ScriptedServer) -> None:
    supervisor = await app.agent(principal="supervisor", scope_floor=ALICE)
    provider.script(answer("openai", CONCLUSION), answer("openai", CONCLUSION))
    found = await reflect(app, supervisor, persist=True)
    (kept,) = found["persisted_attributes"]
    assert (kept["key"], kept["action"]) == ("reflection", "created")
    assert kept["value"] == "The bicycle is broken and its repair is planned."
    name = f"{kept['entity']['type']}/{kept['entity']['name']}"
    described = (await supervisor.get(f"{BASE}/inspect", params={"ref": f"attribute:{name}/reflection"})).json()
    (current,) = described["current"]
    assert (current["source"], current["source_turn"]) == ("reflect", found["turn_id"])
    recalled = await supervisor.post(f"{BASE}/query", json={"query": "Is the repair planned?"})
    assert "its repair is planned" in recalled.text
    traced = (await app.http.get(f"{BASE}/traces/{found['trace_id']}")).json()
    (turn,) = [one for one in traced["turns"] if one["id"] == found["turn_id"]]
    turns = (await supervisor.get(f"{BASE}/sessions/{turn['session_id']}/turns")).json()["turns"]
    assert turns[0]["metadata"]["evidence"] == found["evidence"]
    again = await reflect(app, supervisor, persist=True)
    assert [one["action"] for one in again["persisted_attributes"]] == ["confirmed"]
    assert "its repair is planned" not in str(again["citations"])


async def test_what_is_kept_for_everybody_rests_on_nothing_of_one_user(app: App) -> None:
    found = await reflect(app, model="offline", persist=True)
    assert "broken chain" not in found["reflection"]
    assert found["persisted_attributes"] == []
    assert "name a scope" in found["note"]
    said = await app.http.post(f"{BASE}/chat", json={"message": "What is wrong with the bicycle?"})
    assert "broken chain" not in said.text
    assert "name a scope" in said.json()["note"]
