"""Reading a whole table in the order of its ids, a page at a time."""

from collections.abc import AsyncIterator

from server.store.engine import Database, Row

PAGE = 500


async def walk(database: Database, table: str, columns: str, *, page: int = PAGE) -> AsyncIterator[Row]:
    """Every row with its id and these columns; what changes meanwhile is met or not."""
    source, after = table, None
    while True:
        rows = await database.rows(
            f"SELECT id{', ' * bool(columns)}{columns} FROM {source} LIMIT $limit", {"after": after, "limit": page}
        )
        for row in rows:
            yield row
        if len(rows) < page:
            return
        source, after = f"type::record('{table}', $after>..)", rows[-1]["id"].id
