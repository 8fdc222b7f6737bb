"""Reads chunks from the database for the search index."""

from collections.abc import AsyncIterator, Sequence

from server.index.chunk import COLUMNS, CURRENT, Chunk, Content, Id, Table, chunk_from, content_from, id_of, record_of
from server.store import vectors
from server.store.engine import Database

PAGE = 64


async def current(database: Database, table: Table, ids: Sequence[Id]) -> list[Chunk]:
    """Those of some chunks that are to be found, without their content."""
    rows = await database.rows(
        f"SELECT {COLUMNS[table]} FROM $ids WHERE {CURRENT[table]}",
        {"ids": [record_of(table, one) for one in ids]},
    )
    return [chunk_from(table, row) for row in rows]


async def count(database: Database, table: Table) -> int:
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
