"""The parts of documents, put together."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.control.audit import AuditLog
from server.control.contexts import Contexts
from server.control.models import EmbedderOf
from server.core.clock import Clock
from server.core.errors import SpectronError
from server.core.ids import Ids
from server.documents.attempts import Attempts
from server.documents.catalogue import Catalogue
from server.documents.checking import DocumentCheck
from server.documents.chunk_rows import ChunkRows
from server.documents.extraction.pool import ExtractionPool
from server.documents.job import KIND, DocumentJobs, DocumentQueue
from server.documents.originals import Originals
from server.documents.pipeline import Extraction, Pipeline
from server.documents.removal import Gone, Removal
from server.documents.repairing import DocumentRepair
from server.documents.replacing import Replacing
from server.documents.returning import ReturningOriginals
from server.documents.spool import Spool
from server.documents.upkeep import Upkeep
from server.documents.uploads import Enqueue, Uploads
from server.index.writes import IndexWrites
from server.jobs.handler import Handler
from server.jobs.queue import JobQueue
from server.jobs.register import Jobs
from server.objects.store import ObjectStore
from server.settings import Settings

# How long an upload may take in another process before its original counts as left behind.
UPLOAD_GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Library:
    """What can be done with the documents of a Context."""

    catalogue: Catalogue
    chunks: ChunkRows
    uploads: Uploads
    pipeline: Pipeline
    removal: Removal
    originals: Originals
    objects: ObjectStore
    embedder_of: EmbedderOf


@dataclass(frozen=True)
class DocumentCare:
    """Finds what does not agree about documents, and puts it right."""

    check: DocumentCheck
    repair: DocumentRepair


@dataclass(frozen=True)
class Documents:
    """What routes, worker and composition root use."""

    library: Library
    care: DocumentCare
    returning: ReturningOriginals
    jobs: DocumentJobs
    upkeep: Upkeep
    extraction: ExtractionPool
    spool: Spool

    @property
    def handlers(self) -> dict[str, Handler]:
        return {KIND: self.jobs}

    async def readiness(self) -> dict[str, Any]:
        """Whether originals can be stored."""
        try:
            await self.library.objects.ping()
        except SpectronError as error:
            return {"state": "unavailable", "reason": error.detail}
        return {"state": "ok"}

    async def prepare(self) -> None:
        """Clean up after a process that was killed."""
        await asyncio.to_thread(self.spool.clear)

    async def close(self) -> None:
        """End the processes that read files, and give back what the object store holds."""
        await self.extraction.close()
        await self.library.objects.close()


def create_documents(
    settings: Settings,
    contexts: Contexts,
    embedder_of: EmbedderOf,
    index: IndexWrites,
    objects: ObjectStore,
    queue: JobQueue,
    jobs: Jobs,
    audit: AuditLog,
    clock: Clock,
    ids: Ids,
    *,
    gone: Gone,
    alone: bool,
) -> Documents:
    """Everything; `gone` hears of deleted documents, `alone` says that no other process works on the same database."""
    extraction = ExtractionPool(size=settings.extraction_processes)
    spool = Spool(settings.data_path / "spool", objects, clock)
    document_queue = DocumentQueue(queue, jobs)
    grace = timedelta(0) if alone else UPLOAD_GRACE
    library = create_library(
        objects,
        extraction,
        embedder_of,
        index,
        audit,
        clock,
        ids,
        enqueue=document_queue.enqueue,
        gone=gone,
        spool=spool,
        grace=grace,
    )
    catalogue, originals = library.catalogue, library.originals
    care = DocumentCare(
        DocumentCheck(catalogue, document_queue, originals, objects),
        DocumentRepair(catalogue, document_queue, library.uploads, library.pipeline, library.removal, originals, index),
    )
    return Documents(
        library=library,
        care=care,
        returning=ReturningOriginals(objects),
        jobs=DocumentJobs(contexts, library.pipeline, jobs),
        upkeep=Upkeep(contexts, catalogue, document_queue, library.removal, clock),
        extraction=extraction,
        spool=spool,
    )


def create_library(
    objects: ObjectStore,
    extraction: Extraction,
    embedder_of: EmbedderOf,
    index: IndexWrites,
    audit: AuditLog,
    clock: Clock,
    ids: Ids,
    *,
    enqueue: Enqueue,
    gone: Gone,
    spool: Spool,
    grace: timedelta,
) -> Library:
    """The parts that need neither a queue nor processes; `grace` is how long an upload elsewhere may take."""
    catalogue = Catalogue(clock)
    attempts = Attempts(clock, ids)
    chunks = ChunkRows(attempts)
    uploads = Uploads(catalogue, chunks, objects, index, embedder_of, ids, enqueue=enqueue)
    replacing = Replacing(attempts)
    return Library(
        catalogue=catalogue,
        chunks=chunks,
        uploads=uploads,
        pipeline=Pipeline(catalogue, attempts, chunks, spool, extraction, replacing, embedder_of, index, clock),
        removal=Removal(catalogue, chunks, objects, index, audit, gone=gone),
        originals=Originals(objects, uploads, clock, grace=grace),
        objects=objects,
        embedder_of=embedder_of,
    )
