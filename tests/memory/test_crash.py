"""Kill -9 in the middle of turns: each is there with all that follows from it, or with none of that until it does.

Every other writer sends again what got no answer, and is to find it stored once.
"""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.deployment import Deployment

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
WRITERS = 4
LONGEST_LIFE_SECONDS = 1.5
PATIENCE_SECONDS = 30


class Story:
    """What was sent, and what was acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: set[str] = set()
        self.unanswered: list[dict[str, Any]] = []
        self.sent = 0


@pytest.mark.e2e
@pytest.mark.timeout(60 + 30 * ROUNDS)
async def test_no_turn_is_half_remembered(tmp_path: Path) -> None:
    moments, story = random.Random(11), Story()
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        await prepare(deployment)
        for _ in range(ROUNDS):
            async with client(deployment) as http:
                writers = [asyncio.create_task(keep_talking(http, story, name)) for name in range(WRITERS)]
                await asyncio.sleep(moments.random() * LONGEST_LIFE_SECONDS)
                deployment.kill()
                await asyncio.gather(*writers)
            deployment.start()
            async with client(deployment) as http:
                await send_again(http, story)
                await check(http, story)
        assert story.acknowledged
        assert deployment.stop() == 0


def client(deployment: Deployment) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=deployment.url, headers={"API-KEY": deployment.key}, timeout=30)


async def prepare(deployment: Deployment) -> None:
    async with client(deployment) as http:
        made = await http.post("/api/v1/contexts/acme", json={"namespace": "acme", "database": "prod"})
        assert made.status_code == 201
        for name in range(WRITERS):
            scope = {"user": f"user{name}"}
            session = await http.post("/api/v1/acme/sessions", json={"scope": scope, "metadata": {"writer": name}})
            assert session.status_code == 201


async def sessions(http: httpx.AsyncClient) -> dict[int, str]:
    found = (await http.get("/api/v1/acme/sessions")).json()["sessions"]
    return {one["metadata"]["writer"]: one["id"] for one in found}


async def keep_talking(http: httpx.AsyncClient, story: Story, writer: int) -> None:
    """Move from town to town until the server is gone."""
    request: dict[str, Any] | None = None
    try:
        session = (await sessions(http))[writer]
        while True:
            story.sent += 1
            number = story.sent
            said = {"role": "user", "content": f"I moved to Town{number}. I like dish{number}."}
            once = {"Idempotency-Key": f"turn-{number}"} if writer % 2 else {}
            request = {"url": f"/api/v1/acme/sessions/{session}/turns", "json": said, "headers": once}
            answer = await http.post(**request)
            assert answer.status_code == 201, answer.text
            story.acknowledged.add(answer.json()["turn_id"])
    except httpx.TransportError:
        if request and request["headers"]:
            story.unanswered.append(request)


async def send_again(http: httpx.AsyncClient, story: Story) -> None:
    """Repeat what got no answer, without knowing whether it was done."""
    answers = await asyncio.gather(*(http.post(**request) for request in story.unanswered))
    for answer in answers:
        assert answer.status_code == 201, answer.text
        assert answer.json()["extraction"]["attributes"], answer.text
        story.acknowledged.add(answer.json()["turn_id"])
    story.unanswered.clear()


async def check(http: httpx.AsyncClient, story: Story) -> None:
    """Every acknowledged turn is there, none is numbered twice, and each has led to exactly what it states."""
    found: set[str] = set()
    for writer, session in (await sessions(http)).items():
        turns = await all_turns(http, session)
        found |= {turn["id"] for turn in turns}
        assert [turn["seq"] for turn in turns] == list(range(1, len(turns) + 1))
        liked, lived = await until_derived(http, f"user{writer}", len(turns))
        numbers = [int(turn["content"].split("dish")[1].rstrip(".")) for turn in turns]
        assert len(set(numbers)) == len(numbers)
        assert sorted(liked) == sorted(f"dish{number}" for number in numbers)
        assert [row["value"] for row in lived] == [f"Town{number}" for number in numbers]
        assert [row["superseded_by"] for row in lived[:-1]] == [row["id"] for row in lived[1:]]
    assert story.acknowledged <= found


async def all_turns(http: httpx.AsyncClient, session: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        params = {"limit": 1000, "offset": len(found)}
        page = (await http.get(f"/api/v1/acme/sessions/{session}/turns", params=params)).json()
        found += page["turns"]
        if not page["has_more"]:
            return found


async def until_derived(http: httpx.AsyncClient, user: str, turns: int) -> tuple[list[str], list[dict[str, Any]]]:
    """What is liked, and where was lived, once every turn is worked in."""
    path = f"/api/v1/acme/entities/Person/{user}"
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        shown = await http.get(path, params={"scope": f"user/{user}"})
        history = await http.get(f"{path}/history/location", params={"scope": f"user/{user}"})
        facts = shown.json().get("attributes", [])
        liked = [row["value"] for row in facts if row["key"] == "likes"]
        if (len(liked) == turns and shown.status_code == 200) or turns == 0:
            return liked, history.json().get("history", [])
        assert asyncio.get_running_loop().time() < deadline, f"{len(liked)} of {turns} turns are derived"
        await asyncio.sleep(0.2)
