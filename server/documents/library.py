"""Everything that can be done with the documents of a Context, put together in one place for whoever serves it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from server.control.models import EmbedderOf
from server.core.clock import Clock
from server.core.ids import Ids
from server.documents.attempts import Attempts
from server.documents.catalogue import Catalogue
from server.documents.chunk_rows import ChunkRows
from server.documents.originals import Originals
from server.documents.pipeline import Extraction, Pipeline
from server.documents.removal import Removal
from server.documents.replacing import Replacing
from server.documents.uploads import Enqueue, Uploads
from server.index.writes import IndexWrites
from server.objects.store import ObjectStore


@dataclass(frozen=True)
class Library:
    """The parts that routes, jobs and sweeps call."""

    catalogue: Catalogue
    chunks: ChunkRows
    uploads: Uploads
    pipeline: Pipeline
    removal: Removal
    originals: Originals
    objects: ObjectStore
    embedder_of: EmbedderOf


def create_library(
    objects: ObjectStore,
    extraction: Extraction,
    embedder_of: EmbedderOf,
    index: IndexWrites,
    clock: Clock,
    ids: Ids,
    *,
    enqueue: Enqueue,
    spool: Path,
    grace: timedelta,
) -> Library:
    """`spool` is a folder for files that are being read; `grace` is how long an upload elsewhere may take."""
    catalogue = Catalogue(clock)
    attempts = Attempts(clock, ids)
    chunks = ChunkRows(attempts)
    uploads = Uploads(catalogue, chunks, objects, index, embedder_of, ids, enqueue=enqueue)
    pipeline = Pipeline(
        catalogue, attempts, chunks, objects, extraction, Replacing(attempts), embedder_of, index, spool=spool
    )
    return Library(
        catalogue=catalogue,
        chunks=chunks,
        uploads=uploads,
        pipeline=pipeline,
        removal=Removal(catalogue, chunks, objects, index, clock),
        originals=Originals(objects, uploads, clock, grace=grace),
        objects=objects,
        embedder_of=embedder_of,
    )
