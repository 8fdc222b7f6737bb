"""Everything about documents but HTTP and the queue, on an engine in memory and a folder for the originals."""

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from surrealdb import RecordID

from server.control.audit import AuditLog
from server.control.config import ContextConfig, Ingestion
from server.control.contexts import Open
from server.control.registry import Context
from server.core.ids import Ids
from server.core.scope import EMPTY, Scope, parse
from server.core.visibility import Visibility, visible
from server.documents.document import Document
from server.documents.extraction.extracting import extract
from server.documents.extraction.result import Extracted, Limits
from server.documents.parts import Library, create_library
from server.documents.pipeline import Note
from server.documents.spool import Spool
from server.documents.uploads import File, Received
from server.index.writes import IndexedChunk
from server.models.embedding import Embedder
from server.models.local import LocalEmbedder
from server.objects.files import FileObjectStore
from server.objects.store import ObjectStore
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Engine, Row
from server.store.migrations import Migrator, load
from tests.support.clock import START, ManualClock

CONTEXT = "acme"
BINDING = Binding("acme", "prod")
EMBEDDER = LocalEmbedder()


class Here:
    """Reads files in this process, without the limits of one of its own."""

    async def extract(self, path: Path, declared: str | None = None) -> Extracted:
        return extract(path, declared, Limits())


class RecordedIndex:
    """Remembers what the search index was told."""

    def __init__(self) -> None:
        self.chunks: dict[str, IndexedChunk] = {}

    async def chunks_added(self, database: Database, chunks: list[IndexedChunk] | Any) -> None:  # noqa: ARG002  # one database
        self.chunks |= {str(chunk.id): chunk for chunk in chunks}

    async def chunks_removed(self, database: Database, ids: list[RecordID] | Any) -> None:  # noqa: ARG002  # one database
        for one in ids:
            self.chunks.pop(str(one), None)

    async def entities_changed(self, database: Database, ids: list[RecordID] | Any) -> None:
        raise AssertionError(f"documents change no entities: {database.binding} {ids}")


@dataclass
class Shelf:
    """The documents of one Context; what is queued waits in `queue` until the test has it processed."""

    engine: Engine
    database: Database
    opened: Open
    library: Library
    objects: ObjectStore
    index: RecordedIndex
    clock: ManualClock
    queue: list[str]
    notes: list[Note] = field(default_factory=list)

    def seen(self, scope: object = None) -> Visibility:
        return visible(EMPTY, () if scope is None else (parse(scope),))

    async def upload(
        self, text: str | bytes, name: str = "notes.txt", scope: object = None, floor: object = None, **said: Any
    ) -> Received:
        content = text.encode() if isinstance(text, str) else text
        file = File(io.BytesIO(content), name, said.pop("content_type", None), **said)
        wanted: Scope = parse(scope)
        return await self.library.uploads.receive(self.opened, file, wanted, self.seen(floor))

    async def process(self) -> None:
        """Work off the queue."""
        while self.queue:
            await self.library.pipeline.process(self.opened, self.queue.pop(0), self.note)

    def note(self, note: Note) -> None:
        self.notes.append(note)

    async def added(self, text: str | bytes, name: str = "notes.txt", scope: object = None, **said: Any) -> Document:
        """A document that was uploaded and processed."""
        received = await self.upload(text, name, scope, **said)
        await self.process()
        return await self.show(received.document.id)

    async def show(self, document_id: str) -> Document:
        found = await self.library.catalogue.find(self.database, document_id)
        assert found is not None
        return found

    async def chunks(self, document_id: str, scope: object = None) -> list[Row]:
        rows, total = await self.library.chunks.page(
            self.database, document_id, self.seen(scope), page=1, page_size=10_000
        )
        assert len(rows) == total
        return rows

    async def rows(self, table: str) -> int:
        found = await self.database.rows(f"SELECT count() AS total FROM {table} GROUP ALL")
        return int(found[0]["total"]) if found else 0

    async def keyword_counts(self) -> Mapping[str, int]:
        rows = await self.database.rows("SELECT normalised, document_count FROM keyword")
        return {row["normalised"]: row["document_count"] for row in rows}

    async def object_keys(self) -> list[str]:
        return [found.key async for found in self.objects.list()]


@asynccontextmanager
async def shelf_in(
    folder: Path,
    *,
    engine: Engine | None = None,
    objects: ObjectStore | None = None,
    embedder: Embedder = EMBEDDER,
    ingestion: Ingestion | None = None,
    grace: timedelta = timedelta(0),
) -> AsyncIterator[Shelf]:
    clock = ManualClock()
    own = engine is None
    engine = engine or EmbeddedEngine(None, clock)
    await engine.open()
    await engine.create_database(BINDING)
    await Migrator(engine, clock).apply(BINDING, load("context"))
    context = Context(CONTEXT, BINDING, "active", {}, (), False, START, START)
    opened = Open(context, ContextConfig(ingestion=ingestion or Ingestion()), Database(engine, BINDING))
    objects = objects or FileObjectStore(folder / "objects")
    index, queue = RecordedIndex(), list[str]()

    async def enqueue(_: Open, document: Document) -> None:
        queue.append(document.id)

    async def embedder_of(_: Open) -> Embedder:
        return embedder

    library = create_library(
        objects,
        Here(),
        embedder_of,
        index,
        AuditLog(opened.database, clock, Ids()),
        clock,
        Ids(),
        enqueue=enqueue,
        gone=lambda *_: None,
        spool=Spool(folder / "spool", objects, clock),
        grace=grace,
    )
    try:
        yield Shelf(engine, opened.database, opened, library, objects, index, clock, queue)
    finally:
        await objects.close()
        if own:
            await engine.close()
