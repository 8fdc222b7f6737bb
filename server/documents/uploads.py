"""From the bytes of an upload to a queued document, or to the one that has these bytes already."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import structlog
from blake3 import blake3

from server.control.contexts import Open
from server.control.models import EmbedderOf
from server.core.errors import ConflictError, SpectronError, UnavailableError
from server.core.ids import Ids
from server.core.scope import Scope
from server.core.visibility import Visibility
from server.documents.catalogue import Catalogue, NewDocument
from server.documents.chunk_rows import ChunkRows
from server.documents.document import Document
from server.documents.extraction.kinds import declared_type
from server.index.writes import IndexWrites
from server.objects.store import READ_SIZE, ObjectStore, object_key

MEETINGS = 16

Enqueue = Callable[[Open, Document], Awaitable[None]]

log = structlog.get_logger(__name__)


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
        self.under_way: set[str] = set()
        """Keys of originals that are stored before their documents are."""

    async def receive(self, opened: Open, file: File, scope: Scope, seen: Visibility) -> Received:
        """Keep the file and have it processed; nothing is answered before the original is safe.

        Each document has an original of its own, so that no deletion of one can take away what another needs.
        """
        content_hash, size = await asyncio.to_thread(_digest, file.content)
        document_id = self._ids.id()
        new = NewDocument(
            id=document_id,
            title=file.title or "",
            mime_type=declared_type(file.filename, file.content_type) or "application/octet-stream",
            source=file.source or "upload",
            storage_key=object_key(opened.context.id, document_id),
            content_hash=content_hash,
            size_bytes=size,
            scope=scope,
            filename=file.filename,
            declared_mime_type=file.content_type,
            metadata=file.metadata,
        )
        self.under_way.add(new.storage_key)
        try:
            received = await self._received(opened, file, new, seen)
        finally:
            self.under_way.discard(new.storage_key)
        if not received.deduplicated:
            await self._queued(opened, received.document)
        return received

    async def reprocess(self, opened: Open, document: Document) -> Received:
        """Process a document again from its original."""
        await self._catalogue.queue_again(opened.database, document)
        await self._queued(opened, document)
        return Received(replace(document, status="queued", error=None), deduplicated=False)

    async def _received(self, opened: Open, file: File, new: NewDocument, seen: Visibility) -> Received:
        stored = False
        for _ in range(MEETINGS):
            same = await self._catalogue.same_bytes(opened.database, new.content_hash, new.scope, seen)
            joined = await self._joined(opened, same.joined, new.scope) if same.joined else None
            if joined:
                if stored:
                    await self._objects.delete(new.storage_key)
                return Received(joined, deduplicated=True)
            if not stored:
                await self._objects.put(new.storage_key, _parts(file.content))
                stored = True
            created = await self._catalogue.create(opened.database, new, same.known)
            if created:
                return Received(created, deduplicated=False)
        raise ConflictError("The same file is being uploaded and deleted over and over; send it again later.")

    async def _joined(self, opened: Open, document: Document, scope: Scope) -> Document | None:
        """The document in the wider scope, processed again if that has failed; None if it was deleted meanwhile."""
        covered = scope == document.scope or not document.scope or (scope and scope <= document.scope)
        united = document if covered else await self._catalogue.unite(opened.database, document, scope)
        if united is None:
            return None
        if not covered:
            width = (await self._embedder_of(opened)).dimension
            chunks = await self._chunk_rows.indexed(opened.database, united, width)
            await self._index.chunks_added(opened.database, chunks)
        return (await self.reprocess(opened, united)).document if united.status == "failed" else united

    async def _queued(self, opened: Open, document: Document) -> None:
        """Have it processed; if the queue is away, the document is found and queued once it is back."""
        try:
            await self._enqueue(opened, document)
        except SpectronError as error:
            log.warning("document.not_queued", document=document.id, reason=error.detail)


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
        if len(part) < READ_SIZE:
            return
