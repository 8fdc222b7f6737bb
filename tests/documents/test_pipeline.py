"""From an upload to what is searched, and what happens to it when the way is cut short."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from server.control.config import Ingestion
from server.core.errors import ExtractionError, NotFoundError, ProviderTimeoutError
from server.documents.pipeline import Note
from server.models.embedding import Matrix
from tests.documents.shelf import EMBEDDER, Shelf, shelf_in

STORY = "The lighthouse keeper writes letters.\n\n" + "Solar panels feed the lantern room of the lighthouse. " * 200
OTHER = "Beekeepers count swarms in spring.\n\n" + "The hive inspection found a healthy queen bee. " * 200


async def at_once() -> None:
    """What happens before an answer when nothing is to."""


class Failing:
    """Embeds until it is told not to; `meanwhile` happens before the answer to each but the first call."""

    name = EMBEDDER.name
    dimension = EMBEDDER.dimension
    count_tokens = staticmethod(EMBEDDER.count_tokens)

    def __init__(self) -> None:
        self.allowed = 10_000
        self.asked: list[str] = []
        self.meanwhile: Callable[[], Awaitable[None]] = at_once

    async def embed(self, texts: Sequence[str]) -> Matrix:
        self.allowed -= 1
        if self.allowed < 0:
            raise ProviderTimeoutError("The provider did not answer.")
        if self.asked:
            await self.meanwhile()
        self.asked += texts
        return await EMBEDDER.embed(texts)


async def test_a_document_becomes_chunks_and_keywords(shelf: Shelf) -> None:
    received = await shelf.upload(STORY, "keeper.md", "org/acme", title="Letters")
    assert (received.document.status, received.deduplicated) == ("queued", False)
    await shelf.process()
    document = await shelf.show(received.document.id)
    chunks = await shelf.chunks(document.id)
    assert (document.status, document.version, document.title, document.language) == ("ready", 1, "Letters", "en")
    assert document.mime_type == "text/markdown"
    assert document.chunk_count == len(chunks) > 2
    assert [chunk["position"] for chunk in chunks] == list(range(len(chunks)))
    assert all(STORY[chunk["char_start"] : chunk["char_end"]] == chunk["text"] for chunk in chunks)
    assert document.keyword_count == await shelf.rows("knowledge_has_keyword") == await shelf.rows("keyword") > 0
    assert len(shelf.index.chunks) == len(chunks)
    assert {chunk.scope for chunk in shelf.index.chunks.values()} == {document.scope}


async def test_the_index_is_told_of_the_chunks_as_they_are_stored(shelf: Shelf) -> None:
    text = f"# Light\n\n{STORY}"
    document = await shelf.added(text, "keeper.md", scope="org/acme")
    rows = await shelf.chunks(document.id)
    stored = {str(row["id"]): (row["text"], row.get("section"), row["created_at"]) for row in rows}
    for _ in range(2):
        told = {key: (one.text, one.section, one.created_at) for key, one in shelf.index.chunks.items()}
        assert told == stored
        shelf.index.chunks.clear()
        assert (await shelf.upload(text, "keeper.md", scope="team/sea")).deduplicated


async def test_each_status_is_told_in_its_turn(shelf: Shelf) -> None:
    document = await shelf.added(STORY)
    told = [note.status for note in shelf.notes]
    assert told == ["extracting", "chunking", "embedding", "keywording"]
    assert shelf.notes[2] == Note("embedding", 0, document.chunk_count)
    assert shelf.notes[-1] == Note("keywording", document.chunk_count, document.chunk_count)


async def test_a_file_that_cannot_be_read_fails_with_its_reason(shelf: Shelf) -> None:
    received = await shelf.upload(b"%PDF-1.4 nothing more", "scan.pdf")
    with pytest.raises(ExtractionError, match="cut off"):
        await shelf.process()
    failed = await shelf.show(received.document.id)
    assert failed.status == "failed"
    assert "cut off" in (failed.error or "")
    assert failed.processing_completed_at is not None


async def test_an_original_that_is_gone_fails_the_document(shelf: Shelf) -> None:
    received = await shelf.upload(STORY)
    await shelf.objects.delete(received.document.storage_key)
    with pytest.raises(NotFoundError, match="object store holds no object"):
        await shelf.process()
    assert (await shelf.show(received.document.id)).status == "failed"


async def test_processing_anew_replaces_all_and_counts_the_version(shelf: Shelf) -> None:
    first = await shelf.added(STORY)
    before = await shelf.keyword_counts()
    await shelf.library.uploads.reprocess(shelf.opened, first)
    await shelf.process()
    second = await shelf.show(first.id)
    assert (second.status, second.version) == ("ready", 2)
    assert len(await shelf.chunks(first.id)) == second.chunk_count == await shelf.rows("knowledge_chunk")
    assert await shelf.keyword_counts() == before
    assert len(shelf.index.chunks) == second.chunk_count


async def test_the_old_chunks_stay_until_the_new_ones_are_whole(tmp_path: Path) -> None:
    embedder = Failing()
    async with shelf_in(tmp_path, embedder=embedder, ingestion=Ingestion(chunk_size=32, chunk_overlap=8)) as shelf:
        document = await shelf.added(STORY)
        seen = await shelf.chunks(document.id)
        assert len(seen) > 2 * 64
        await shelf.library.uploads.reprocess(shelf.opened, document)
        embedder.allowed = 2
        with pytest.raises(ProviderTimeoutError):
            await shelf.process()
        assert await shelf.rows("knowledge_chunk") > len(seen)
        assert await shelf.chunks(document.id) == seen

        embedder.allowed = 1000
        await shelf.library.pipeline.process(shelf.opened, document.id, shelf.note)
        again = await shelf.show(document.id)
        assert (again.status, again.version) == ("ready", 2)
        assert await shelf.rows("knowledge_chunk") == again.chunk_count == len(seen)


async def test_an_attempt_that_was_taken_over_writes_no_more(tmp_path: Path) -> None:
    embedder = Failing()
    async with shelf_in(tmp_path, embedder=embedder, ingestion=Ingestion(chunk_size=32, chunk_overlap=8)) as shelf:
        received = await shelf.upload(STORY)
        document_id = shelf.queue.pop()
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def pause() -> None:
            embedder.meanwhile = at_once
            reached.set()
            await go_on.wait()

        embedder.meanwhile = pause
        late = asyncio.create_task(shelf.library.pipeline.process(shelf.opened, document_id, shelf.note))
        await reached.wait()
        await shelf.library.pipeline.process(shelf.opened, document_id, shelf.note)
        done = await shelf.show(received.document.id)
        chunks = await shelf.chunks(document_id)
        go_on.set()
        await late
        assert await shelf.show(document_id) == done
        assert await shelf.chunks(document_id) == chunks
        assert await shelf.rows("knowledge_chunk") == len(chunks)


async def test_work_that_is_done_is_not_done_again(shelf: Shelf) -> None:
    document = await shelf.added(STORY)
    await shelf.library.pipeline.process(shelf.opened, document.id, shelf.note)
    assert await shelf.show(document.id) == document
    await shelf.library.pipeline.process(shelf.opened, "nobody", shelf.note)


async def test_giving_up_fails_a_document_but_not_a_ready_one(shelf: Shelf) -> None:
    received = await shelf.upload(STORY)
    await shelf.library.pipeline.fail(shelf.opened, received.document.id, "The provider was away for too long.")
    failed = await shelf.show(received.document.id)
    assert (failed.status, failed.error) == ("failed", "The provider was away for too long.")
    ready = await shelf.added(OTHER)
    await shelf.library.pipeline.fail(shelf.opened, ready.id, "Too late.")
    assert (await shelf.show(ready.id)).status == "ready"


async def test_a_scope_that_grows_while_a_document_is_processed_is_not_lost(tmp_path: Path) -> None:
    embedder = Failing()
    async with shelf_in(tmp_path, embedder=embedder, ingestion=Ingestion(chunk_size=32, chunk_overlap=8)) as shelf:
        received = await shelf.upload(STORY, scope={"org": "acme"})

        async def join() -> None:
            embedder.meanwhile = at_once
            joined = await shelf.upload(STORY, scope={"team": "north"})
            assert joined.deduplicated

        embedder.meanwhile = join
        await shelf.process()
        document = await shelf.show(received.document.id)
        assert len(document.scope) == 2
        scopes = await shelf.database.rows("SELECT VALUE array::len(<array>scope) FROM knowledge_chunk")
        edges = await shelf.database.rows("SELECT VALUE array::len(<array>scope) FROM knowledge_has_keyword")
        assert set(map(str, scopes)) == set(map(str, edges)) == {"2"}
        assert {chunk.scope for chunk in shelf.index.chunks.values()} == {document.scope}


async def test_keywords_that_are_known_are_not_embedded_again(tmp_path: Path) -> None:
    embedder = Failing()
    async with shelf_in(tmp_path, embedder=embedder) as shelf:
        await shelf.added(STORY)
        embedder.asked.clear()
        second = await shelf.added(STORY + "One line more.")
        assert len(embedder.asked) < (second.chunk_count or 0) + (second.keyword_count or 0)
