"""Documents go in as paths, bytes and files, become searchable, and go again."""

import asyncio
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from surrealdb_memory import MemoryNotFoundError

from tests.e2e.client.caller import Caller
from tests.e2e.client.world import World

SCOPES = [["org/shelf", "team/returns"]]
MANUAL = b"# Refunds\n\nA refund is paid within fourteen days of the return of the parcel.\n"
NOTES = b"The lighthouse keeper counts herring gulls every morning.\n"
PATIENCE_SECONDS = 30


async def holds(world: World) -> None:
    async with world.organisation("shelf") as (client, deputy):
        manual = await uploaded(client, deputy)
        notes = (await client.documents.upload(NOTES, filename="notes.txt")).id
        for document in (manual, notes):
            await ready(client, document)
        await listed(client, deputy, manual)
        await found(client, deputy, manual)
        await keywords(client, deputy, manual)
        await processed_again(client, deputy, manual)
        await deleted(client, deputy, manual, notes)


async def uploaded(client: Caller, deputy: str) -> str:
    described: dict[str, Any] = {"title": "Refunds", "source": "kb", "scopes": SCOPES, "on_behalf_of": deputy}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refunds.md"
        path.write_bytes(MANUAL)
        first = await client.documents.upload(str(path), content_type="text/markdown", **described)
        again = [
            await client.documents.upload(path, content_type="text/markdown", **described),
            await client.documents.upload(MANUAL, filename="refunds.md", content_type="text/markdown", **described),
            await client.documents.upload(io.BytesIO(MANUAL), filename="refunds.md", **described),
        ]
        with path.open("rb") as file:
            again.append(await client.documents.upload(file, **described))
    assert not first.deduplicated
    assert first.status
    for one in again:
        assert (one.id, one.content_hash, one.deduplicated) == (first.id, first.content_hash, True)
    return str(first.id)


async def ready(client: Caller, document: str) -> Any:
    """The document once it is processed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (shown := await client.documents.get(document)).status != "ready":
            assert shown.status != "failed", shown.error
            await asyncio.sleep(0.05)
    return shown


async def listed(client: Caller, deputy: str, manual: str) -> None:
    shown = await client.documents.get(manual, on_behalf_of=deputy)
    assert (shown.title, shown.source, shown.mime_type) == ("Refunds", "kb", "text/markdown")
    assert (shown.size_bytes, shown.chunk_count) == (len(MANUAL), 1)
    assert (await client.documents.list()).total == 2
    page = await client.documents.list(
        status="Ready", mime_type="text/markdown", page=1, page_size=5, on_behalf_of=deputy
    )
    assert ([one.id for one in page.documents], page.total, page.page, page.page_size) == ([manual], 1, 1, 5)
    assert await client.documents.fetch_raw(manual, on_behalf_of=deputy) == MANUAL
    chunks = await client.documents.chunks(manual, page=1, page_size=10, on_behalf_of=deputy)
    (chunk,) = chunks.chunks
    assert "fourteen days" in chunk.text
    assert (chunk.document, chunk.position, chunks.total) == (manual, 0, 1)


async def found(client: Caller, deputy: str, manual: str) -> None:
    for mode in ("vector", "bm25", "hybrid", "hybrid_graph"):
        answer = await client.documents.query("When is a refund paid?", k=1, mode=mode)
        assert [hit.document["id"] for hit in answer.results] == [manual]
    narrowed = await client.documents.query(
        "herring gulls",
        k=5,
        mode="hybrid_graph",
        threshold=0.0,
        expand_graph=False,
        filter={"mime_type": "text/markdown"},
        on_behalf_of=deputy,
    )
    assert {hit.document["id"] for hit in narrowed.results} <= {manual}
    (hit,) = (await client.documents.query("refund", k=1)).results
    assert hit.score > 0
    assert "fourteen days" in hit.chunk["text"]
    passages = await client.recall("When is a refund paid?", source="document", lens="team/returns")
    assert [hit.text for hit in passages.hits if "fourteen days" in hit.text]
    assert not (await client.recall("When is a refund paid?", source="document", lens="team/sales")).hits


async def keywords(client: Caller, deputy: str, manual: str) -> None:
    own = (await client.documents.keywords.for_document(manual, on_behalf_of=deputy)).keywords
    assert any("refund" in one.normalised for one in own)
    page = await client.documents.keywords.list(
        q="refund", min_document_count=1, sort="name", page=1, page_size=5, on_behalf_of=deputy
    )
    assert page.total == len(page.keywords) > 0
    assert all("refund" in one.normalised for one in page.keywords)
    assert (await client.documents.keywords.list(min_document_count=2)).total == 0
    one = await client.documents.keywords.get(page.keywords[0].normalised, on_behalf_of=deputy)
    assert ([holder["id"] for holder in one.documents], one.document_count) == ([manual], 1)
    near = await client.documents.keywords.search("refunds", k=2, threshold=0.1, on_behalf_of=deputy)
    assert "refund" in near.results[0].normalised
    assert near.results[0].score > 0.1
    assert len(near.results) <= 2


async def processed_again(client: Caller, deputy: str, manual: str) -> None:
    queued = await client.documents.reprocess(manual, on_behalf_of=deputy)
    assert queued.id == manual
    assert (await ready(client, manual)).version == 2
    await client.remember(infer="triples", triples=[{"subject": "parcel", "predicate": "size", "object": "small"}])
    assert (await client.documents.recompute_links(on_behalf_of=deputy)).links_emitted == 1


async def deleted(client: Caller, deputy: str, manual: str, notes: str) -> None:
    assert await client.documents.delete(manual, on_behalf_of=deputy) is None
    with pytest.raises(MemoryNotFoundError):
        await client.documents.get(manual)
    left = (await client.documents.query("When is a refund paid?")).results
    assert {hit.document["id"] for hit in left} <= {notes}
