"""Chunks in the database: staged unseen, then put in the place of the old ones at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surrealdb import RecordID

from server.core.clock import Clock
from server.documents.catalogue import record
from server.documents.chunking import Chunk
from server.documents.document import Document
from server.index.writes import IndexedChunk
from server.models.embedding import Matrix
from server.store import vectors
from server.store.engine import Database, Row
from server.store.scoped import attribute_ids, scope_of

TABLE = "knowledge_chunk"

STAGE = f"""INSERT INTO knowledge_chunk array::map($rows, |$row| object::extend($row, {{
    embedding: {vectors.decoded("$row.embedding")}, document: $document, version: $version,
    scope: <set>$scope, created_at: $now }})) RETURN NONE"""

DISCARD = "DELETE knowledge_chunk WHERE document = $document AND version = $version RETURN NONE"

# A chunk can be seen once its document names its version and counts its chunks.
CURRENT = "document = $document AND version = document.version AND document.chunk_count != NONE"


@dataclass(frozen=True)
class ChunkPage:
    """Some of a document's chunks, and how many there are in all."""

    rows: list[Row]
    total: int


class ChunkRows:
    """Writes and reads the chunks of one document at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def stage(
        self, database: Database, document: Document, version: int, chunks: Sequence[Chunk], embedded: Matrix
    ) -> None:
        """Write chunks of a version that nobody sees yet."""
        rows = [
            {
                "id": [document.id, version, chunk.position],
                "text": chunk.text,
                "position": chunk.position,
                "char_start": chunk.char_start,
                "char_end": chunk.char_end,
                "token_count": chunk.token_count,
                "embedding": vectors.encode(vector),
            }
            | ({"section": chunk.section} if chunk.section else {})
            for chunk, vector in zip(chunks, embedded, strict=True)
        ]
        await database.write(STAGE, self._variables(document, version) | {"rows": rows})

    async def discard(self, database: Database, document: Document, version: int) -> None:
        """Remove staged chunks, those of an attempt that did not finish."""
        await database.write(DISCARD, self._variables(document, version))

    async def page(self, database: Database, document: Document, *, page: int, page_size: int) -> ChunkPage:
        variables = {"document": record(document.id), "limit": page_size, "start": (page - 1) * page_size}
        rows = await database.rows(
            f"SELECT * OMIT embedding FROM knowledge_chunk WHERE {CURRENT} ORDER BY position LIMIT $limit START $start",
            variables,
        )
        return ChunkPage(rows, document.chunk_count or 0)

    async def indexed(self, database: Database, document: Document, width: int) -> list[IndexedChunk]:
        """The current chunks as the search index wants them."""
        rows = await database.rows(
            f"SELECT id, text, scope, {vectors.ENCODED} AS embedding FROM knowledge_chunk WHERE {CURRENT} "
            "ORDER BY position",
            {"document": record(document.id)},
        )
        return [indexed_chunk(row, width) for row in rows]

    def _variables(self, document: Document, version: int) -> dict[str, Any]:
        return {
            "document": record(document.id),
            "version": version,
            "scope": attribute_ids(document.scope),
            "now": self._clock.now(),
        }


def chunk_id(document_id: str, version: int, position: int) -> RecordID:
    return RecordID(TABLE, [document_id, version, position])


def indexed_chunk(row: Row, width: int) -> IndexedChunk:
    return IndexedChunk(row["id"], row["text"], vectors.decode(row["embedding"], width), scope_of(row["scope"]))
