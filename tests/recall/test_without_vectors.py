"""Recall while the provider of a Context's embeddings is away: words go on answering, and the answer says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from server.control.contexts import Open
from server.core.errors import ProviderTimeoutError
from server.core.visibility import visible
from server.recall.asking import Asking, Mode
from server.recall.recall import Recall
from tests.models.scripted_server import Reply, ScriptedServer
from tests.recall.memory import BASE, Memory, checked
from tests.support.app import running

CONTEXT = "/api/v1/contexts/acme"
REFUSED = Reply({"error": {"message": "this key was revoked"}}, status=401)
QUESTION = "Where is the red boat?"
BOAT = "The red boat lies in the harbour."
NOBODY = visible(frozenset())


def embedded() -> Reply:
    vector = np.ones(1536).tolist()
    return Reply({"data": [{"index": 0, "embedding": vector}], "usage": {"prompt_tokens": 3, "total_tokens": 3}})


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def memory(tmp_path: Path, provider: ScriptedServer) -> AsyncIterator[Memory]:
    """Something is remembered; from now on a provider is asked for vectors."""
    async with running(tmp_path, provider_urls={"openai": provider.url}) as app:
        await app.context(config={"providers": {"openai": "sk-test"}})
        remembering = Memory(app)
        await remembering.tell(BOAT)
        await remembering.tell("Nothing but the sea.")
        config = {"models": {"embedding": "openai/text-embedding-3-small"}}
        checked(await app.http.patch(CONTEXT, json={"config": config}))
        yield remembering


@pytest.mark.parametrize("mode", ["hybrid", "hybrid_graph"])
async def test_words_answer_and_the_answer_and_its_trace_say_so(
    memory: Memory, provider: ScriptedServer, mode: str
) -> None:
    provider.script(REFUSED)
    answer = await memory.ask(QUESTION, mode=mode)
    assert answer["hits"][0]["text"] == BOAT
    assert "cosine" not in answer["hits"][0]["signals"]
    assert "revoked" in answer["note"]
    assert "words alone" in answer["note"]
    assert "words alone" in answer["tier_reason"]
    await memory.app.server.traces.flush()
    trace = checked(await memory.app.http.get(f"{BASE}/traces/{answer['trace_id']}"))
    assert trace["tier_reason"] == answer["tier_reason"]


async def test_words_alone_need_no_provider(memory: Memory, provider: ScriptedServer) -> None:
    answer = await memory.ask(QUESTION, mode="bm25")
    assert answer["hits"][0]["text"] == BOAT
    assert answer["note"] is None
    assert not provider.requests


async def test_nothing_is_near_without_a_vector(memory: Memory, provider: ScriptedServer) -> None:
    provider.script(REFUSED)
    answer = await memory.app.http.post(f"{BASE}/query", json={"query": QUESTION, "mode": "vector"})
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "revoked" in answer.json()["detail"]


async def test_what_words_alone_have_found_is_not_given_again(memory: Memory, provider: ScriptedServer) -> None:
    provider.script(REFUSED, embedded(), embedded())
    assert (await memory.ask(QUESTION))["note"]
    found = await memory.ask(QUESTION)
    assert (found["tier"], found["note"]) == ("hybrid", None)
    assert (await memory.ask(QUESTION))["tier"] == "cache"


async def test_a_block_and_chunks_of_documents_say_so_too(memory: Memory, provider: ScriptedServer) -> None:
    provider.script(REFUSED, REFUSED)
    block = await memory.post("context", {"query": QUESTION})
    assert BOAT in block["context"]
    assert "words alone" in block["note"]
    chunks = await memory.post("documents/query", {"query": QUESTION})
    assert "words alone" in chunks["note"]


@pytest.mark.parametrize(
    ("route", "asked_by", "answered_by"), [("chat", "message", "reply"), ("reflect", "query", "reflection")]
)
async def test_what_is_answered_from_words_alone_says_so_too(
    memory: Memory, provider: ScriptedServer, route: str, asked_by: str, answered_by: str
) -> None:
    provider.script(*[REFUSED] * 4)
    answer = await memory.post(route, {asked_by: QUESTION})
    assert BOAT in answer[answered_by]
    assert "revoked" in answer["note"]
    assert "words alone" in answer["note"]


@pytest.mark.parametrize("mode", ["hybrid_graph", "vector"])
async def test_a_provider_that_does_not_answer_is_not_waited_for(
    memory: Memory, provider: ScriptedServer, mode: Mode
) -> None:
    provider.script(Reply(hang=True))
    server = memory.app.server
    recall = Recall(server.index, server.control.models.embedder, memory.app.clock, vector_seconds=0.05)
    async with server.control.contexts.opened("acme") as opened:
        if mode == "vector":
            with pytest.raises(ProviderTimeoutError):
                await asked(recall, opened, mode)
        else:
            assert await asked(recall, opened, mode) == [BOAT]


async def asked(recall: Recall, opened: Open, mode: Mode) -> list[str]:
    recalled = await recall.recall(opened, Asking(QUESTION, NOBODY, k=1, mode=mode))
    assert "0.05 s" in str(recalled.note)
    return [hit.text for hit in recalled.hits]
