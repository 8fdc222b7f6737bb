"""The same bytes become the same document, for whoever may know of it; nothing is lost or left over on the way."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.control.audit import SYSTEM
from server.core.clock import SystemClock
from server.core.errors import ConflictError, UnavailableError
from server.core.scope import as_mapping
from server.documents.removal import Deletion
from server.documents.uploads import File
from server.objects.files import FileObjectStore
from server.objects.store import StoredObject
from server.store.embedded import EmbeddedEngine
from tests.documents.shelf import Shelf, shelf_in

TEXT = "The same words for all."
ACME, BETA = {"org": "acme"}, {"org": "beta"}


async def test_the_same_bytes_in_the_same_scope_are_one_document(shelf: Shelf) -> None:
    first = await shelf.upload(TEXT, scope=ACME)
    second = await shelf.upload(TEXT, "another name.md", ACME)
    assert (first.deduplicated, second.deduplicated) == (False, True)
    assert second.document.id == first.document.id
    assert await shelf.object_keys() == [first.document.storage_key]
    assert shelf.queue == [first.document.id]


async def test_a_wider_scope_is_united(shelf: Shelf) -> None:
    document = await shelf.added(TEXT, scope=ACME)
    joined = await shelf.upload(TEXT, scope={"team": "north"})
    assert joined.deduplicated
    assert as_mapping(joined.document.scope) == {"org": "acme", "team": "north"}
    assert len(await shelf.chunks(document.id, {"team": "north"})) == document.chunk_count
    assert {len(chunk.scope) for chunk in shelf.index.chunks.values()} == {2}
    general = await shelf.upload(TEXT, scope=None)
    assert general.document.scope == frozenset()
    assert (await shelf.upload(TEXT, scope={"team": "south"})).document.scope == frozenset()


async def test_a_narrower_scope_changes_nothing(shelf: Shelf) -> None:
    document = await shelf.added(TEXT, scope={"org": "acme", "team": "north"})
    joined = await shelf.upload(TEXT, scope={"team": "north"})
    assert joined.document == document


async def test_scopes_that_contradict_each_other_stay_two_documents(shelf: Shelf) -> None:
    first = await shelf.upload(TEXT, scope=ACME, floor=ACME)
    second = await shelf.upload(TEXT, scope=BETA, floor=BETA)
    third = await shelf.upload(TEXT, scope={"user": "bo"}, floor={"user": "bo"})
    assert [one.deduplicated for one in (first, second, third)] == [False] * 3
    assert len(await shelf.object_keys()) == 3
    await shelf.process()
    await shelf.library.removal.delete(shelf.opened, first.document, SYSTEM)
    assert await shelf.object_keys() == sorted([second.document.storage_key, third.document.storage_key])


async def test_uploads_of_the_same_bytes_at_once_are_one_document(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "store", SystemClock())
    async with shelf_in(tmp_path, engine=engine) as shelf, shelf_in(tmp_path, engine=engine) as other:
        uploads = [(shelf, other)[number % 2].upload(TEXT, scope=ACME) for number in range(8)]
        received = await asyncio.gather(*uploads)
        assert len({one.document.id for one in received}) == 1
        assert [one.deduplicated for one in received].count(False) == 1
        assert await shelf.object_keys() == [received[0].document.storage_key]
        assert len(shelf.queue + other.queue) == 1
    await engine.close()


async def test_a_failed_document_is_tried_again_when_its_bytes_come_again(shelf: Shelf) -> None:
    received = await shelf.upload(TEXT)
    shelf.queue.clear()
    await shelf.library.pipeline.fail(shelf.opened, received.document.id, "The provider was away.")
    again = await shelf.upload(TEXT)
    assert (again.document.id, again.document.status, again.deduplicated) == (received.document.id, "queued", True)
    await shelf.process()
    assert (await shelf.show(received.document.id)).status == "ready"


async def test_what_is_being_processed_is_not_queued_again(shelf: Shelf) -> None:
    received = await shelf.upload(TEXT)
    with pytest.raises(ConflictError, match="still being processed"):
        await shelf.library.uploads.reprocess(shelf.opened, received.document)


class Broken(FileObjectStore):
    """Refuses to write, or to delete."""

    failing = ""

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> StoredObject:
        stored = await super().put(key, chunks)
        if self.failing == "after put":
            raise UnavailableError("The object store is away.")
        return stored

    async def delete(self, key: str) -> None:
        if self.failing == "delete":
            raise UnavailableError("The object store is away.")
        await super().delete(key)


async def test_an_upload_cut_short_leaves_no_document_and_soon_no_object(tmp_path: Path) -> None:
    objects = Broken(tmp_path / "objects")
    async with shelf_in(tmp_path, objects=objects) as shelf:
        objects.failing = "after put"
        with pytest.raises(UnavailableError):
            await shelf.upload(TEXT)
        assert (await shelf.rows("document"), len(await shelf.object_keys())) == (0, 1)
        assert await shelf.library.originals.tidy("acme", shelf.database) == 1
        assert await shelf.object_keys() == []
        objects.failing = ""
        kept = await shelf.added(TEXT)
        assert await shelf.library.originals.tidy("acme", shelf.database) == 0
        assert await shelf.object_keys() == [kept.storage_key]


async def test_the_original_of_an_upload_elsewhere_is_spared_for_a_while(tmp_path: Path) -> None:
    async with shelf_in(tmp_path, grace=timedelta(hours=1)) as shelf:
        received = await shelf.upload(TEXT)
        await shelf.database.write("DELETE document RETURN NONE")
        assert await shelf.library.originals.tidy("acme", shelf.database) == 0
        shelf.clock.advance(3599)
        assert await shelf.library.originals.tidy("acme", shelf.database) == 0
        shelf.clock.advance(1)
        assert await shelf.library.originals.tidy("acme", shelf.database) == 1
        assert await shelf.object_keys() == []
        assert received.document.storage_key.startswith("acme/")


async def test_the_original_of_an_upload_under_way_is_spared(tmp_path: Path) -> None:
    stored, go_on = asyncio.Event(), asyncio.Event()

    class Waiting(FileObjectStore):
        async def put(self, key: str, chunks: AsyncIterator[bytes]) -> StoredObject:
            done = await super().put(key, chunks)
            stored.set()
            await go_on.wait()
            return done

    async with shelf_in(tmp_path, objects=Waiting(tmp_path / "objects")) as shelf:
        upload = asyncio.create_task(shelf.upload(TEXT))
        await stored.wait()
        assert await shelf.library.originals.tidy("acme", shelf.database) == 0
        go_on.set()
        document = (await upload).document
        assert await shelf.object_keys() == [document.storage_key]


async def test_a_deletion_cut_short_is_hidden_at_once_and_finished_later(tmp_path: Path) -> None:
    objects = Broken(tmp_path / "objects")
    async with shelf_in(tmp_path, objects=objects) as shelf:
        document = await shelf.added(TEXT)
        objects.failing = "delete"
        with pytest.raises(UnavailableError):
            await shelf.library.removal.delete(shelf.opened, document, SYSTEM)
        objects.failing = ""
        again = await shelf.upload(TEXT)
        assert (again.deduplicated, again.document.id != document.id) == (False, True)
        assert await shelf.library.removal.resume(shelf.opened) == 1
        await shelf.process()
        assert await shelf.object_keys() == [again.document.storage_key]
        assert await shelf.rows("document") == 1
        assert await shelf.rows("knowledge_chunk") == 1


async def test_a_document_deleted_while_it_is_processed_stays_deleted(shelf: Shelf) -> None:
    received = await shelf.upload(TEXT)
    deleting: set[asyncio.Task[Deletion]] = set()

    def delete(_: object) -> None:
        if not deleting:
            deleting.add(asyncio.create_task(shelf.library.removal.delete(shelf.opened, received.document, SYSTEM)))

    await shelf.library.pipeline.process(shelf.opened, received.document.id, delete)
    await asyncio.gather(*deleting)
    for table in ("document", "knowledge_chunk", "keyword", "knowledge_has_keyword"):
        assert await shelf.rows(table) == 0, table
    assert await shelf.object_keys() == []
    assert shelf.index.chunks == {}


async def test_a_queue_that_is_away_loses_no_document(shelf: Shelf) -> None:
    async def away(*_: object) -> None:
        raise UnavailableError("The queue is away.")

    shelf.library.uploads._enqueue = away
    received = await shelf.upload(TEXT)
    assert [one.id for one in await shelf.library.catalogue.unfinished(shelf.database)] == [received.document.id]


async def test_what_is_said_of_a_file_is_kept(shelf: Shelf) -> None:
    file = File(io.BytesIO(b"{}\n"), "a.bin", "application/json", "Title", "wiki", {"page": 7})
    document = (await shelf.library.uploads.receive(shelf.opened, file, frozenset(), shelf.seen())).document
    found = await shelf.show(document.id)
    assert (found.title, found.source, found.metadata, found.filename) == ("Title", "wiki", {"page": 7}, "a.bin")
    assert (found.mime_type, found.size_bytes) == ("application/json", 3)
