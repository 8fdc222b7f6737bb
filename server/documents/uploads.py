"""From the bytes of an upload to a queued document, or to the one that has these bytes already."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO
from weakref import WeakValueDictionary

from blake3 import blake3

from server.control.contexts import Open
from server.control.models import EmbedderOf
from server.core.errors import UnavailableError
from server.core.ids import Ids
from server.core.scope import Scope
from server.core.visibility import Visibility
from server.documents.catalogue import Catalogue, NewDocument
from server.documents.chunk_rows import ChunkRows
from server.documents.document import Document
from server.documents.extraction.kinds import declared_type
from server.index.writes import IndexWrites
from server.objects.store import READ_SIZE, ObjectStore, object_key

Enqueue = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True)
class File:
    """What a caller sent: the bytes and what it says about them."""

    content: BinaryIO
    filename: str | None
    content_type: str | None
    title: str | None = None
    source: str | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Received:
    """The document that an upload became or joined."""

    document: Document
    deduplicated: bool


class Uploads:
    """Stores originals and queues their processing; the same bytes become the same document."""

    def __init__(
        self,
        catalogue: Catalogue,
        chunk_rows: ChunkRows,
        objects: ObjectStore,
        index: IndexWrites,
        embedder_of: EmbedderOf,
        ids: Ids,
        *,
        enqueue: Enqueue,
    ) -> None:
        self._catalogue = catalogue
        self._chunk_rows = chunk_rows
        self._objects = objects
        self._index = index
        self._embedder_of = embedder_of
        self._ids = ids
        self._enqueue = enqueue
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, storage_key: str) -> asyncio.Lock:
        """Whoever adds or removes documents of the same bytes does so one after the other."""
        return self._locks.setdefault(storage_key, asyncio.Lock())

    async def receive(self, opened: Open, file: File, scope: Scope, seen: Visibility) -> Received:
        """Keep the file and have it processed; nothing is answered before the original is safe."""
        content_hash, size = await asyncio.to_thread(_digest, file.content)
        storage_key = object_key(opened.context.id, content_hash)
        async with self.lock(storage_key):
            same = await self._catalogue.same_bytes(opened.database, content_hash, scope, seen)
            if same:
                return Received(await self._join(opened, same, scope), deduplicated=True)
            await self._objects.put(storage_key, _parts(file.content))
            document = await self._catalogue.create(
                opened.database,
                NewDocument(
                    id=self._ids.id(),
                    title=file.title or "",
                    mime_type=declared_type(file.filename, file.content_type) or "application/octet-stream",
                    source=file.source or "upload",
                    storage_key=storage_key,
                    content_hash=content_hash,
                    size_bytes=size,
                    scope=scope,
                    filename=file.filename,
                    declared_mime_type=file.content_type,
                    metadata=file.metadata,
                ),
            )
        await self._enqueue(opened.context.id, document.id)
        return Received(document, deduplicated=False)

    async def reprocess(self, opened: Open, document: Document) -> Received:
        """Process a document again from its original."""
        await self._catalogue.queue_again(opened.database, document)
        await self._enqueue(opened.context.id, document.id)
        return Received(replace(document, status="queued", error=None), deduplicated=False)

    async def _join(self, opened: Open, document: Document, scope: Scope) -> Document:
        if scope == document.scope or not document.scope or (scope and scope <= document.scope):
            return document
        united = await self._catalogue.unite(opened.database, document, scope)
        width = (await self._embedder_of(opened)).dimension
        await self._index.chunks_added(opened.database, await self._chunk_rows.indexed(opened.database, united, width))
        return united


def _digest(content: BinaryIO) -> tuple[str, int]:
    hasher = blake3()
    size = 0
    try:
        content.seek(0)
        while part := content.read(READ_SIZE):
            hasher.update(part)
            size += len(part)
    except OSError as error:
        raise UnavailableError(f"The upload could not be buffered on this machine: {error}.") from error
    return hasher.hexdigest(), size


async def _parts(content: BinaryIO) -> AsyncIterator[bytes]:
    await asyncio.to_thread(content.seek, 0)
    while part := await asyncio.to_thread(content.read, READ_SIZE):
        yield part
