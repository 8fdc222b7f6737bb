"""Chunks in the database: staged unseen, then put in the place of the old ones at once."""

from collections.abc import Sequence

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.documents.attempts import SUPERSEDED, Attempt, Attempts, held
from server.documents.catalogue import LIVE, not_here, record
from server.documents.chunking import Chunk
from server.documents.document import Document
from server.index.writes import IndexedChunk
from server.models.embedding import Matrix
from server.store import vectors
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of

TABLE = "knowledge_chunk"
CLEARED_AT_ONCE = 200
LAST_VERSION = 2**53

# Rows are sent as arrays: the names of columns, again for each row, would take longer to encode than all the rest.
INSERT = f"""INSERT INTO knowledge_chunk $rows.map(|$row| {{
    id: [$key, $version, $row[0]], document: $document, version: $version, position: $row[0], text: $row[1],
    char_start: $row[2], char_end: $row[3], section: $row[4], token_count: $row[5],
    embedding: {vectors.decoded("$row[6]")}, scope: $scope, created_at: $now }}) RETURN NONE"""
STAGE = held(", status = $status") + f"\n{INSERT}"

# Ids are `[document, version, position]`. The document is written only where there is something to clear.
CLEAR = f"""LET $some = array::concat(
    (SELECT VALUE id FROM type::record('knowledge_chunk', [$key, 0, 0]..[$key, $kept, 0]) LIMIT $limit),
    (SELECT VALUE id FROM type::record('knowledge_chunk', [$key, $kept + 1, 0]..[$key, $last, 0]) LIMIT $limit));
LET $held = IF array::len($some) > 0 {{
    (UPDATE $document SET updated_at = $now WHERE attempt = $attempt RETURN VALUE true)
}} ELSE {{ [true] }};
IF array::len($held) = 0 {{ THROW '{SUPERSEDED}' }};
DELETE $some RETURN NONE;
$some"""

# One statement is one point in time: the version and its chunks go together.
PAGE = """SELECT chunk_count, (SELECT * OMIT embedding FROM type::record('knowledge_chunk',
        [record::id($parent.id), $parent.version, $start]..[record::id($parent.id), $parent.version, $end])
    ) AS chunks FROM $document"""


class ChunkRows:
    """Writes and reads the chunks of one document at a time."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts

    async def stage(
        self, database: Database, attempt: Attempt, chunks: Sequence[Chunk], embedded: Matrix, *, last: bool
    ) -> list[IndexedChunk]:
        """Write chunks of a version that nobody sees yet; answers them as the search index wants them.

        With the last of them the document comes to its keywords.
        """
        document, version, now = attempt.document, attempt.version, self._attempts.now()
        rows = [
            [
                chunk.position,
                chunk.text,
                chunk.char_start,
                chunk.char_end,
                chunk.section or None,
                chunk.token_count,
                vectors.encode(vector),
            ]
            for chunk, vector in zip(chunks, embedded, strict=True)
        ]
        variables = {"key": document.id, "rows": rows, "now": now, "status": "keywording" if last else "embedding"}
        await self._attempts.write(database, attempt, STAGE, variables)
        return [
            IndexedChunk(
                id=RecordID(TABLE, [document.id, version, chunk.position]),
                text=chunk.text,
                vector=vector,
                scope=document.scope,
                section=chunk.section,
                created_at=now,
            )
            for chunk, vector in zip(chunks, embedded, strict=True)
        ]

    async def clear(self, database: Database, attempt: Attempt, *, kept: int | None) -> list[RecordID]:
        """Remove the chunks of all versions but one, a few at a time, and say which."""
        cleared: list[RecordID] = []
        variables = {
            "key": attempt.document.id,
            "kept": kept or 0,
            "last": LAST_VERSION,
            "limit": CLEARED_AT_ONCE,
        }
        while some := (await self._attempts.write(database, attempt, CLEAR, variables))[-1]:
            cleared += some
        return cleared

    async def page(
        self, database: Database, document_id: str, seen: Visibility, *, page: int, page_size: int
    ) -> tuple[list[Row], int]:
        """One page of a document's chunks in order, and how many there are in all."""
        where, variables = condition(seen)
        start = (page - 1) * page_size
        row = await database.row(
            f"{PAGE} WHERE {where} AND {LIVE}",
            variables | {"document": record(document_id), "start": start, "end": start + page_size},
        )
        if row is None:
            raise not_here(document_id)
        count: int | None = row.get("chunk_count")
        return (row["chunks"], count) if count is not None else ([], 0)

    async def indexed(self, database: Database, document: Document, width: int) -> list[IndexedChunk]:
        """The current chunks as the search index wants them."""
        if document.chunk_count is None:
            return []
        rows = await database.rows(
            f"SELECT id, text, scope, section, created_at, {vectors.ENCODED} AS embedding "
            "FROM type::record('knowledge_chunk', $first..$end)",
            {
                "first": [document.id, document.version, 0],
                "end": [document.id, document.version, document.chunk_count],
            },
        )
        return [_indexed(row, width) for row in rows]


def _indexed(row: Row, width: int) -> IndexedChunk:
    vector = vectors.decode(row["embedding"], width)
    return IndexedChunk(row["id"], row["text"], vector, scope_of(row["scope"]), row.get("section"), row["created_at"])
