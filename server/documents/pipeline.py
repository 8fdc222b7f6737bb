"""From the bytes of a document to what is searched, stage by stage; any stage can be cut short and done again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from server.control.contexts import Open
from server.control.models import EmbedderOf
from server.core.clock import Clock
from server.core.errors import (
    ExtractionError,
    NotFoundError,
    ProviderRefusedError,
    SpectronError,
    ThrownError,
    ValidationError,
)
from server.core.scope import Scope
from server.documents.attempts import SUPERSEDED, Attempt, Attempts
from server.documents.catalogue import Catalogue
from server.documents.chunk_rows import ChunkRows
from server.documents.chunking import Chunk, Chunker
from server.documents.document import Status
from server.documents.extraction.kinds import declared_type
from server.documents.extraction.result import Extracted
from server.documents.keywords import Keyword, keywords
from server.documents.language import detect
from server.documents.progress import Progress
from server.documents.replacing import Derived, Replacing
from server.documents.spool import Spool
from server.index.writes import IndexedChunk, IndexWrites
from server.models.embedding import Embedder

BATCH = 64
# What is wrong with the file or the configuration stays wrong until a person has done something about it.
HOPELESS = (ExtractionError, NotFoundError, ValidationError, ProviderRefusedError)
# An attempt begins with the first status, and with the last chunks the document comes to its keywords.
PASSING: tuple[Status, ...] = ("chunking", "embedding", "keywording")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Note:
    """How far a document has come: its status, and how many of its chunks are done."""

    status: Status
    done: int | None = None
    total: int | None = None


class Extraction(Protocol):
    """Whatever reads files; an `ExtractionError` says why there is no text and what to do about it."""

    async def extract(self, path: Path, declared: str | None = None) -> Extracted: ...


Report = Callable[[Note], object]


@dataclass(frozen=True)
class _Work:
    opened: Open
    attempt: Attempt
    report: Report
    statuses: Progress[Status]

    def note(self, note: Note) -> None:
        """Tell how far it has come; the document takes on the status, unless what is written next brings one."""
        self.report(note)
        if note.status in PASSING and not note.done:
            self.statuses.note(note.status)


class Pipeline:
    """Processes one document at a time for each call; the parts it needs are shared."""

    def __init__(
        self,
        catalogue: Catalogue,
        attempts: Attempts,
        chunk_rows: ChunkRows,
        spool: Spool,
        extraction: Extraction,
        replacing: Replacing,
        embedder_of: EmbedderOf,
        index: IndexWrites,
        clock: Clock,
    ) -> None:
        self._catalogue = catalogue
        self._attempts = attempts
        self._chunk_rows = chunk_rows
        self._spool = spool
        self._extraction = extraction
        self._replacing = replacing
        self._embedder_of = embedder_of
        self._index = index
        self._clock = clock

    async def process(self, opened: Open, document_id: str, report: Report) -> None:
        """Bring a document to `ready`, if there is one that is not.

        Raises for what another attempt may mend; what none can, it also notes with the document. One that is deleted,
        or taken over by another attempt, is left to whoever did that.
        """
        attempt = await self._attempts.begin(opened.database, document_id)
        if attempt is None:
            document = await self._catalogue.find(opened.database, document_id)
            if document and document.status == "ready" and document.attempt:
                await self._tidy(opened, Attempt(document.attempt, document, document.version))
            return
        statuses = Progress[Status](lambda status: self._attempts.enter(opened.database, attempt, status), self._clock)
        work = _Work(opened, attempt, report, statuses)
        try:
            await self._process(work)
        except ThrownError as error:
            if error.thrown != SUPERSEDED:
                raise
        except SpectronError as error:
            await statuses.given_up()
            await self._put_off(work, error)
            raise
        finally:
            await statuses.given_up()

    async def fail(self, opened: Open, document_id: str, reason: str) -> None:
        """Note that nobody tries any more, in words that a person can act on."""
        attempt = await self._attempts.begin(opened.database, document_id)
        if attempt:
            await self._failed(opened, attempt, reason)

    async def _process(self, work: _Work) -> None:
        opened, attempt = work.opened, work.attempt
        if not attempt.first:
            await self._chunk_rows.clear(opened.database, attempt, kept=attempt.document.seen_version)
        work.note(Note("extracting"))
        extracted = await self._extract(attempt)
        embedder = await self._embedder_of(opened)
        work.note(Note("chunking"))
        ingestion = opened.config.ingestion
        chunker = Chunker(embedder.count_tokens, size=ingestion.chunk_size, overlap=ingestion.chunk_overlap)
        chunks = await asyncio.to_thread(lambda: list(chunker.chunks(extracted.text, extracted.sections)))
        indexed = await self._embed(work, embedder, chunks)
        work.note(Note("keywording", len(chunks), len(chunks)))
        scope = await self._replace(work, extracted, embedder, len(chunks))
        await self._index.chunks_added(opened.database, [replace(chunk, scope=scope) for chunk in indexed])
        if attempt.document.seen_version is not None:
            await self._tidy(opened, attempt)

    async def _extract(self, attempt: Attempt) -> Extracted:
        document = attempt.document
        declared = declared_type(document.filename, document.declared_mime_type)
        async with self._spool.file(document.storage_key) as path:
            return await self._extraction.extract(path, declared)

    async def _embed(self, work: _Work, embedder: Embedder, chunks: list[Chunk]) -> list[IndexedChunk]:
        """Embed and stage the chunks; while one batch is written the next one is embedded."""
        work.note(Note("embedding", 0, len(chunks)))
        indexed: list[IndexedChunk] = []
        writing: asyncio.Task[list[IndexedChunk]] | None = None
        try:
            for begin in range(0, len(chunks), BATCH):
                batch = chunks[begin : begin + BATCH]
                embedded = await embedder.embed([chunk.text for chunk in batch])
                if writing:
                    indexed += await writing
                    work.note(Note("embedding", begin, len(chunks)))
                else:
                    # The first batch would have to be written again if a note about the document came in between.
                    await work.statuses.settled()
                last = begin + BATCH >= len(chunks)
                stage = self._chunk_rows.stage(work.opened.database, work.attempt, batch, embedded, last=last)
                writing = asyncio.create_task(stage)
        finally:
            if writing:
                indexed += await writing
        return indexed

    async def _replace(self, work: _Work, extracted: Extracted, embedder: Embedder, chunk_count: int) -> Scope:
        """Put the new chunks and keywords in the place of the old ones; answers what the scope is by then."""
        document = work.attempt.document
        language, found = await asyncio.to_thread(_keyworded, extracted.text)
        await work.statuses.settled()
        title = document.title or extracted.title or document.filename or document.id
        derived = Derived(title, extracted.mime_type, language, chunk_count, found)
        return await self._replacing.replace(work.opened.database, work.attempt, derived, embedder)

    async def _tidy(self, opened: Open, attempt: Attempt) -> None:
        """Remove the chunks of earlier versions, now that a new one is there."""
        cleared = await self._chunk_rows.clear(opened.database, attempt, kept=attempt.version)
        await self._index.chunks_removed(opened.database, cleared)

    async def _failed(self, opened: Open, attempt: Attempt, reason: str) -> None:
        await self._chunk_rows.clear(opened.database, attempt, kept=attempt.document.seen_version)
        await self._attempts.fail(opened.database, attempt, reason)

    async def _put_off(self, work: _Work, error: SpectronError) -> None:
        """Say with the document what went wrong; if even that fails, the first error is the one to tell."""
        try:
            if isinstance(error, HOPELESS):
                await self._failed(work.opened, work.attempt, error.detail)
            else:
                await self._attempts.wait(work.opened.database, work.attempt, error.detail)
        except SpectronError as another:
            log.warning("document.reason_not_kept", document=work.attempt.document.id, reason=another.detail)


def _keyworded(text: str) -> tuple[str | None, list[Keyword]]:
    """The language of a text, and what it is about."""
    language = detect(text)
    return language, keywords(text, language)
