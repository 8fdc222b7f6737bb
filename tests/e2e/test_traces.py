"""Traces and conversations of a real server that stops, with and without somebody waiting for an answer."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from tests.models.scripted_server import Reply, ScriptedServer
from tests.models.test_language import streamed
from tests.support.deployment import Deployment

BASE = "/api/v1/acme"
SCOPE = "org/acme/user/alice"
PATIENCE = 60


def client(deployment: Deployment) -> httpx.Client:
    return httpx.Client(base_url=deployment.url, headers={"API-KEY": deployment.key}, timeout=PATIENCE)


def create(http: httpx.Client, **config: Any) -> None:
    body = {"namespace": "acme", "database": "prod", "config": config}
    http.post("/api/v1/contexts/acme", json=body).raise_for_status()
    told = {"text": "I live in Lisbon.", "scope": SCOPE}
    http.post(f"{BASE}/facts", json=told).raise_for_status()


def test_a_clean_stop_loses_no_trace(deployment: Deployment) -> None:
    with client(deployment) as http:
        create(http)
        asked = [
            http.post(f"{BASE}/chat", json={"message": f"Where do I live? {number}", "scope": SCOPE}).json()
            for number in range(20)
        ]
        assert deployment.stop() == 0
    deployment.start()
    with client(deployment) as http:
        listed = http.get(f"{BASE}/traces", params={"kind": "chat"}).raise_for_status().json()["traces"]
        assert {one["id"] for one in listed} == {one["trace_id"] for one in asked}
        counted = http.get(f"{BASE}/traces/stats").json()["kinds"]
        assert (counted["chat"]["count"], counted["remember"]["count"]) == (20, 1)


async def test_a_stop_in_the_middle_of_an_answer_leaves_its_trace(tmp_path: Path) -> None:
    async with ScriptedServer() as provider:
        whole = streamed("openai", "You live in Lis", "bon.")
        provider.script(Reply(whole.content(), stall=whole.content().index(b"bon.")))
        environment = {"SPECTRON_PROVIDER_URLS": json.dumps({"openai": provider.url})}
        with await asyncio.to_thread(Deployment, tmp_path / "data", tmp_path, environment=environment) as deployment:
            await asyncio.to_thread(_asked_and_stopped, deployment)
            await asyncio.to_thread(deployment.start)
            with client(deployment) as http:
                listed = await asyncio.to_thread(http.get, f"{BASE}/traces", params={"kind": "chat"})
    (trace,) = listed.json()["traces"]
    assert "cut short" in trace["tier_reason"]
    assert trace["token_cost"] > 0


def _asked_and_stopped(deployment: Deployment) -> None:
    """Stop the server as soon as the answer has begun."""
    with client(deployment) as http:
        create(http, models={"response": "openai/tiny"})
        asked = {"message": "Where do I live?", "scope": SCOPE, "stream": True}
        with http.stream("POST", f"{BASE}/chat", json=asked) as answer:
            for line in answer.iter_lines():
                if "You live in" in line:
                    break
            assert deployment.stop() == 0
