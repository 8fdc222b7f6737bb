"""What a Context holds."""

from dataclasses import dataclass

from server.control.registry import Context
from server.store.engine import Database, Engine

COUNT = """$names.map(|$name|
    (SELECT VALUE count FROM (SELECT count() AS count FROM type::table($name) GROUP ALL))[0] ?? 0)"""
UNCOUNTED = frozenset({"_migrations"})


@dataclass(frozen=True)
class Stats:
    """Row counts by table, documents by status, and the bytes of their originals."""

    tables: dict[str, int]
    documents: dict[str, int]
    object_bytes: int


class Statistics:
    """Counts rows; reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def stats(self, context: Context) -> Stats:
        database = Database(self._engine, context.binding)
        by_status = await database.rows(
            "SELECT status, count() AS documents, math::sum(size_bytes) AS bytes FROM document GROUP BY status"
        )
        return Stats(
            tables=await self.tables(context),
            documents={row["status"]: row["documents"] for row in by_status},
            object_bytes=sum(row["bytes"] for row in by_status),
        )

    async def tables(self, context: Context) -> dict[str, int]:
        """The number of rows in each table."""
        database = Database(self._engine, context.binding)
        (info,) = await database.read("INFO FOR DB")
        names = sorted(set(info["tables"]) - UNCOUNTED)
        (counted,) = await database.read(COUNT, {"names": names})
        return dict(zip(names, counted, strict=True))
