"""From the bytes of a document to what is searched, stage by stage; any stage can be cut short and done again."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.control.contexts import Open
from server.control.models import EmbedderOf
from server.core.clock import Clock
from server.core.errors import ExtractionError, NotFoundError, ThrownError
from server.core.scope import Scope
from server.documents import keyword_graph
from server.documents.catalogue import Catalogue
from server.documents.chunk_rows import ChunkRows, chunk_id
from server.documents.chunking import Chunk, Chunker
from server.documents.document import Document, Status
from server.documents.extraction.kinds import declared_type
from server.documents.extraction.pool import ExtractionPool
from server.documents.extraction.result import Extracted
from server.documents.keywords import Keyword, keywords
from server.documents.language import detect
from server.index.writes import IndexedChunk, IndexWrites
from server.models.embedding import Embedder, Matrix
from server.objects.store import ObjectStore
from server.store.scoped import scope_of

BATCH = 64

Report = Callable[[Status, int | None, int | None], Awaitable[None]]

GONE = "document-gone"

# The condition of an IF cannot look into a record; a variable can.
SWAP = f"""LET $there = $document.version;
IF $there = NONE {{ THROW '{GONE}' }};
UPDATE $document SET version = $version, chunk_count = $chunk_count, keyword_count = $keyword_count,
    language = $language, mime_type = $mime_type, title = $title, status = 'ready', error = NONE,
    processing_completed_at = $now, updated_at = $now RETURN NONE;
UPDATE knowledge_chunk SET scope = $document.scope WHERE document = $document AND version = $version
    AND scope != $document.scope RETURN NONE;
DELETE knowledge_chunk WHERE document = $document AND version != $version RETURN NONE;
{keyword_graph.REPLACE_EDGES}
$document.scope"""


@dataclass(frozen=True)
class _Work:
    opened: Open
    document: Document
    version: int
    report: Report


class Pipeline:
    """Processes one document at a time for each call; the parts it needs are shared."""

    def __init__(
        self,
        catalogue: Catalogue,
        chunk_rows: ChunkRows,
        objects: ObjectStore,
        extraction: ExtractionPool,
        embedder_of: EmbedderOf,
        index: IndexWrites,
        clock: Clock,
        *,
        spool: Path,
    ) -> None:
        self._catalogue = catalogue
        self._chunk_rows = chunk_rows
        self._objects = objects
        self._extraction = extraction
        self._embedder_of = embedder_of
        self._index = index
        self._clock = clock
        self._spool = spool

    async def process(self, opened: Open, document_id: str, report: Report) -> None:
        """Bring a document to `ready`; raises for what another attempt may mend, and notes what none can."""
        document = await self._catalogue.find(opened.database, document_id)
        if document is None:
            return
        work = _Work(opened, document, document.next_version, report)
        await self._chunk_rows.discard(opened.database, document, work.version)
        try:
            extracted = await self._extract(work)
        except (ExtractionError, NotFoundError) as error:
            await self.fail(opened, document_id, error.detail)
            raise
        await self._derive(work, extracted)

    async def fail(self, opened: Open, document_id: str, reason: str) -> None:
        """Note that no attempt will succeed, in words that a person can act on."""
        document = await self._catalogue.find(opened.database, document_id)
        if document is None:
            return
        await self._chunk_rows.discard(opened.database, document, document.next_version)
        now = self._clock.now()
        await self._catalogue.advance(opened.database, document_id, "failed", error=reason, processing_completed_at=now)

    async def _extract(self, work: _Work) -> Extracted:
        await self._enter(work, "extracting", processing_started_at=self._clock.now())
        declared = declared_type(work.document.filename, work.document.declared_mime_type)
        async with self._spooled(work.document.storage_key) as path:
            return await self._extraction.extract(path, declared)

    async def _derive(self, work: _Work, extracted: Extracted) -> None:
        embedder = await self._embedder_of(work.opened)
        await self._enter(work, "chunking")
        ingestion = work.opened.config.ingestion
        chunker = Chunker(embedder.count_tokens, size=ingestion.chunk_size, overlap=ingestion.chunk_overlap)
        chunks, language = await asyncio.to_thread(_chunked, chunker, extracted)
        await self._enter(work, "embedding")
        await work.report("embedding", 0, len(chunks))
        indexed = await self._embed(work, embedder, chunks)
        await self._enter(work, "keywording")
        found = await asyncio.to_thread(keywords, extracted.text, language)
        embedded = await embedder.embed([keyword.text for keyword in found])
        try:
            scope = await self._swap(work, extracted, language, len(chunks), found, embedded)
        except ThrownError:
            await self._chunk_rows.discard(work.opened.database, work.document, work.version)
            return
        await self._index.chunks_added(work.opened.database, [replace(chunk, scope=scope) for chunk in indexed])
        old = work.document
        old_ids = [chunk_id(old.id, old.version, position) for position in range(old.chunk_count or 0)]
        await self._index.chunks_removed(work.opened.database, old_ids)
        await work.report("ready", len(chunks), len(chunks))

    async def _embed(self, work: _Work, embedder: Embedder, chunks: list[Chunk]) -> list[IndexedChunk]:
        """Embed and stage the chunks; while one batch is written the next one is embedded."""
        indexed: list[IndexedChunk] = []
        writing: asyncio.Task[None] | None = None
        try:
            for begin in range(0, len(chunks), BATCH):
                batch = chunks[begin : begin + BATCH]
                embedded = await embedder.embed([chunk.text for chunk in batch])
                if writing:
                    await writing
                    await work.report("embedding", begin, len(chunks))
                writing = asyncio.create_task(
                    self._chunk_rows.stage(work.opened.database, work.document, work.version, batch, embedded)
                )
                indexed += [
                    IndexedChunk(
                        chunk_id(work.document.id, work.version, chunk.position),
                        chunk.text,
                        vector,
                        work.document.scope,
                    )
                    for chunk, vector in zip(batch, embedded, strict=True)
                ]
        finally:
            if writing:
                await writing
        return indexed

    async def _swap(
        self,
        work: _Work,
        extracted: Extracted,
        language: str | None,
        chunk_count: int,
        found: list[Keyword],
        embedded: Matrix,
    ) -> Scope:
        """Put the new chunks and keywords in the place of the old ones; the scope may have grown meanwhile."""
        answers = await work.opened.database.write(
            SWAP,
            keyword_graph.replacement(work.document, found, embedded, self._clock)
            | {
                "version": work.version,
                "chunk_count": chunk_count,
                "keyword_count": len(found),
                "language": language,
                "mime_type": extracted.mime_type,
                "title": work.document.title or extracted.title or work.document.filename or work.document.id,
            },
            repeatable=True,
        )
        return scope_of(answers[-1])

    async def _enter(self, work: _Work, status: Status, **values: Any) -> None:
        await self._catalogue.advance(work.opened.database, work.document.id, status, **values)
        await work.report(status, None, None)

    @asynccontextmanager
    async def _spooled(self, storage_key: str) -> AsyncIterator[Path]:
        """The original as a file of this machine."""
        self._spool.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._spool) as file:
            async for part in self._objects.open(storage_key):
                await asyncio.to_thread(file.write, part)
            file.flush()
            yield Path(file.name)


def _chunked(chunker: Chunker, extracted: Extracted) -> tuple[list[Chunk], str | None]:
    return list(chunker.chunks(extracted.text, extracted.sections)), detect(extracted.text)
