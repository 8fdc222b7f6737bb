"""Reads chunks from the database for the search index."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from surrealdb import RecordID

from server.index.chunk import (
    COLUMNS,
    CURRENT,
    KNOWLEDGE,
    Chunk,
    Content,
    Id,
    Table,
    chunk_from,
    content_from,
    id_of,
    record_of,
)
from server.index.writes import IndexedChunk
from server.store import vectors
from server.store.engine import Database
from server.store.scoped import scope_of

PAGE = 64


async def current(database: Database, table: Table, ids: Sequence[Id]) -> list[Chunk]:
    """Those of some chunks that are to be found, without their content."""
    rows = await database.rows(
        f"SELECT {COLUMNS[table]} FROM $ids WHERE {CURRENT[table]}",
        {"ids": [record_of(table, one) for one in ids]},
    )
    return [chunk_from(table, row) for row in rows]


async def of_current_versions(database: Database, chunks: Sequence[IndexedChunk]) -> list[Chunk]:
    """Those of some chunks of documents that are to be found; only their documents are asked."""
    keys = [(one, cast("tuple[Any, ...]", id_of(one.id))) for one in chunks]
    documents = {key[0]: RecordID("document", key[0]) for _, key in keys}
    rows = await database.rows(
        "SELECT id, version, scope FROM $documents WHERE chunk_count != NONE", {"documents": list(documents.values())}
    )
    found = {row["id"].id: (row["version"], scope_of(row["scope"])) for row in rows}
    return [
        Chunk(
            table=KNOWLEDGE,
            id=key,
            scope=found[document][1],
            of=document,
            position=position,
            said_at=one.created_at,
            created_at=one.created_at,
            section=one.section,
        )
        for one, key in keys
        for document, version, position in [key]
        if one.created_at and document in found and found[document][0] == version
    ]


async def count(database: Database, table: str) -> int:
    """How many rows the table has, those that are not to be found among them."""
    rows = await database.rows(f"SELECT count() AS count FROM {table} GROUP ALL")
    return int(rows[0]["count"]) if rows else 0


async def page(
    database: Database, table: Table, after: Id | None, limit: int = PAGE
) -> tuple[list[tuple[Chunk, Content]], Id | None, int]:
    """What is to be found among the next rows by id, the last of these ids, and how many rows there were."""
    source = table if after is None else f"type::record('{table}', $after>..)"
    rows = await database.rows(
        f"SELECT {COLUMNS[table]}, text, {vectors.ENCODED} AS embedding, ({CURRENT[table]}) AS current "
        f"FROM {source} LIMIT $limit",
        {"after": list(after) if isinstance(after, tuple) else after, "limit": limit},
    )
    last = id_of(rows[-1]["id"]) if rows else None
    return [(chunk_from(table, row), content_from(row)) for row in rows if row["current"]], last, len(rows)


async def pages(database: Database, table: Table) -> AsyncIterator[tuple[list[tuple[Chunk, Content]], int]]:
    """The whole table, page by page."""
    after: Id | None = None
    while True:
        found, after, number = await page(database, table, after)
        if not number:
            return
        yield found, number
