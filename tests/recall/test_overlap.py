"""Names are looked up while the search is on: neither is left behind when the other one fails."""

import asyncio
from pathlib import Path
from types import CoroutineType
from typing import Any

import pytest

from server.core.clock import SystemClock
from server.core.errors import UnavailableError
from server.store.embedded import EmbeddedEngine
from tests.recall.memory import BASE, Memory
from tests.support.app import running
from tests.support.engines import WatchedEngine


def source(task: asyncio.Task[Any]) -> str:
    """The file of what a task does; the server has tasks of its own, which come and go."""
    work = task.get_coro()
    assert isinstance(work, CoroutineType)
    return work.cr_code.co_filename


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("Who painted the boat?", "WITH INDEX normalised_index"),
        ("Who painted the boat with Quirin?", "type::record('attribute'"),
        ("What is Quirin's occupation?", "type::record('attribute'"),
    ],
)
async def test_a_lookup_that_fails_leaves_nothing_running(tmp_path: Path, query: str, part: str) -> None:
    async def away(text: str) -> None:
        if part in text:
            raise UnavailableError("The database is away.")

    async with EmbeddedEngine(None, SystemClock()) as engine:
        watched = WatchedEngine(engine)
        async with running(tmp_path, engine=watched) as app:
            # Nobody was asked for a name of this Context yet, so that the first are looked up in the database.
            await app.http.post("/api/v1/contexts/acme", json={"namespace": "acme", "database": "prod"})
            memory = Memory(app)
            await memory.know("Quirin", "occupation", "baker")
            await memory.tell("Quirin painted the boat.")
            before = asyncio.all_tasks()
            watched.intercept = away
            assert (await app.http.post(f"{BASE}/query", json={"query": query})).status_code == 503
            assert not [task for task in asyncio.all_tasks() - before if "/server/recall/" in source(task)]
            watched.intercept = None
            assert "Quirin painted the boat." in await memory.texts("Who painted the boat?")


async def test_a_typed_question_is_answered_without_a_search(memory: Memory) -> None:
    await memory.know("Quirin", "occupation", "baker")
    await memory.tell("Quirin painted the boat.")
    answer = await memory.ask("What is Quirin's occupation?")
    assert (answer["tier"], [hit["source"] for hit in answer["hits"]]) == ("direct", ["fact"])
    again = await memory.ask("Who painted the boat?")
    assert (again["tier"], again["index"]) == ("hybrid", "ready")
    assert (await memory.ask("Who painted the boat?"))["tier"] == "cache"
    await memory.tell("Olga painted the boat too.")
    assert (await memory.ask("Who painted the boat?"))["tier"] == "hybrid"
