"""Everything that can be done with the documents of a Context, in one place for whoever serves it."""

from dataclasses import dataclass

from server.control.models import EmbedderOf
from server.documents.catalogue import Catalogue
from server.documents.chunk_rows import ChunkRows
from server.documents.removal import Removal
from server.documents.uploads import Uploads
from server.objects.store import ObjectStore


@dataclass(frozen=True)
class Library:
    """The parts that the routes call."""

    catalogue: Catalogue
    chunks: ChunkRows
    uploads: Uploads
    removal: Removal
    objects: ObjectStore
    embedder_of: EmbedderOf
