"""Contexts made of other ones, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.http.problem import slug_of
from tests.http.test_restores import NOTE, digest, document, fill, nothing_is_left
from tests.support.app import App, running

URL = "/api/v1/contexts/again/copy"
BODY = {"of": "acme", "namespace": "again", "database": "prod"}


@pytest.fixture
async def full(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path, database_url="embedded") as app:
        await app.context("acme", {"token_limit": 77, "providers": {"openai": "sk-of-the-provider"}})
        await fill(app)
        yield app


async def test_all_of_a_context_is_in_its_copy(full: App) -> None:
    before = await digest(full, "acme")

    done = await full.http.post(URL, json=BODY)

    assert done.status_code == httpx.codes.CREATED, done.text
    told = done.json()
    assert (told["providers"], told["originals_stored"], told["originals_missing"]) == (["openai"], 1, [])
    assert [key["name"] for key in told["keys_minted"]] == ["app"]
    after = await digest(full, "again")
    assert {name for name in before if before[name] != after[name]} <= {"document", "decision_trace"}
    assert (await full.http.get("/api/v1/contexts/acme")).json()["state"] == "active"
    assert (await full.http.get("/api/v1/contexts/again")).json()["config"]["token_limit"] == 77
    agent = await full.client(told["keys_minted"][0]["secret"])
    raw = await agent.get(f"/api/v1/again/documents/{await document(full, 'again')}/raw")
    assert raw.content == NOTE


async def test_what_can_not_be_copied_leaves_both_as_they_were(full: App) -> None:
    assert slug_of(await full.http.post(URL, json={**BODY, "of": "nobody"})) == "context-not-found"
    assert slug_of(await full.http.post("/api/v1/contexts/acme/copy", json=BODY)) == "conflict"
    bound = {"of": "acme", "namespace": "acme", "database": "prod"}
    assert slug_of(await full.http.post(URL, json=bound)) == "conflict"
    assert slug_of(await full.http.post(URL, json={**BODY, "namespace": "spectron"})) == "unprocessable"
    assert (await full.http.get("/api/v1/contexts/acme")).json()["state"] == "active"
    await nothing_is_left(full)


async def test_an_original_that_is_missing_is_told(full: App) -> None:
    objects = full.server.documents.library.objects
    for found in [found async for found in objects.list("acme/")]:
        await objects.delete(found.key)

    done = await full.http.post(URL, json=BODY)

    assert done.json()["originals_missing"] == [await document(full)]


async def test_nobody_writes_into_a_context_that_is_being_copied(full: App) -> None:
    agent = await full.agent("acme", scope_floor={"org": "acme"})
    before = await digest(full, "acme")
    done = asyncio.Event()

    async def write() -> int:
        refused = 0
        while not done.is_set():
            answer = await agent.post("/api/v1/acme/sessions", json={})
            refused += slug_of(answer) == "context-not-found" if answer.is_error else 0
        return refused

    writer = asyncio.create_task(write())
    copied = await full.http.post(URL, json=BODY)
    done.set()
    refused = await writer

    assert copied.is_success, copied.text
    assert refused > 0
    made = copied.json()["tables"]["session"]["rows"]
    assert made >= before["session"]["rows"]
    assert (await digest(full, "again"))["session"] == copied.json()["tables"]["session"]
