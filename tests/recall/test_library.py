"""Questions to documents: what leads to them, what is shown of them, and what a filter means."""

from pathlib import Path

import pytest

from server.core.clock import SystemClock
from server.store.engine import Database
from server.store.remote import RemoteEngine
from tests.recall.memory import BASE, Memory
from tests.support.app import running
from tests.support.database_server import PASSWORD, USERNAME, DatabaseServer

TIDES = "# Tides\n\nThe tidal barrage turns the ebb into electric power.\n\n" + "Water rises and falls. " * 40
BREAD = "# Bread\n\nThe sourdough starter is fed with rye flour every evening.\n\n" + "Dough rises slowly. " * 40
ALICE = {"user": "alice"}


@pytest.fixture
async def library(memory: Memory) -> Memory:
    await memory.read_in("tides.md", TIDES, "user/alice")
    await memory.read_in("bread.md", BREAD, "user/alice")
    return memory


async def test_chunks_come_with_their_document_and_why(library: Memory) -> None:
    answer = await library.post("documents/query", {"query": "tidal barrage electric power", "scope": ALICE})
    first = answer["results"][0]
    assert "barrage" in first["chunk"]["text"]
    assert first["document"]["title"] == "Tides"
    assert first["chunk"]["document"] == first["document"]["id"]
    assert "electric power" in [one["keyword"] for one in first["graph_evidence"]]
    plain = await library.post("documents/query", {"query": "tidal barrage", "scope": ALICE, "expand_graph": False})
    assert plain["results"][0]["graph_evidence"] == []
    assert (await library.post("documents/query", {"query": "barrage", "scope": {"user": "bob"}}))["results"] == []


async def test_a_filter_narrows_to_documents(library: Memory) -> None:
    body = {"query": "what rises", "scope": ALICE}
    everything = (await library.post("documents/query", body))["results"]
    bread = next(one["document"]["id"] for one in everything if one["document"]["title"] == "Bread")
    for wanted in ({"document": bread}, {"title": "Bread"}, {"id": [bread, "unknown"], "status": "ready"}):
        found = (await library.post("documents/query", body | {"filter": wanted}))["results"]
        assert {one["document"]["title"] for one in found} == {"Bread"}, wanted
    assert (await library.post("documents/query", body | {"filter": {"language": "xx"}}))["results"] == []
    refused = await library.app.http.post(f"{BASE}/documents/query", json=body | {"filter": {"titel": "x"}})
    assert refused.status_code == 400
    assert "title" in refused.json()["detail"]


async def test_documents_and_turns_are_found_together(library: Memory) -> None:
    await library.tell("I saw the tidal barrage.", ALICE)
    hits = (await library.ask("tidal barrage", ALICE))["hits"]
    assert {hit["source"] for hit in hits} == {"turn", "document"}
    document = next(hit for hit in hits if hit["source"] == "document")
    assert document["title"] == "Tides"
    assert document["document_id"]
    assert document["chunk_id"].startswith(document["document_id"])


async def test_a_deleted_document_is_cited_no_more(library: Memory) -> None:
    body = {"query": "tidal barrage", "scope": ALICE}
    (document,) = {one["document"]["id"] for one in (await library.post("documents/query", body))["results"][:1]}
    gone = await library.app.http.delete(f"{BASE}/documents/{document}")
    assert gone.is_success, gone.text
    results = (await library.post("documents/query", body))["results"]
    assert document not in {one["document"]["id"] for one in results}


@pytest.mark.slow
async def test_what_another_process_made_forgotten_is_not_cited_from_the_cache(tmp_path: Path) -> None:
    server = DatabaseServer(tmp_path)
    try:
        remote = RemoteEngine(server.url, username=USERNAME, password=PASSWORD, clock=SystemClock())
        async with running(tmp_path / "data", engine=remote) as app:
            context = await app.context()
            memory = Memory(app)
            await memory.tell("The boat is red.", ALICE)
            assert [(await memory.ask("red boat", ALICE))["tier"] for _ in range(2)] == ["hybrid", "cache"]
            (binding,) = [one.binding for one in await app.server.control.contexts.registry.page(after="", limit=1)]
            assert binding.namespace == context["namespace"]
            forgotten = "UPDATE memory_chunk SET forgotten_at = time::now() RETURN NONE"
            await Database(app.server.engine, binding).write(forgotten)
            assert (await memory.ask("red boat", ALICE))["hits"] == []
    finally:
        server.kill()
