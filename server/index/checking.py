"""Whether the search index holds exactly what is to be found, and putting that right."""

from collections.abc import Mapping, Sequence

from server.core.findings import Findings
from server.core.scope import EMPTY, Scope
from server.core.visibility import visible
from server.index.chunk import COLUMNS, CURRENT, TABLES, Id, Table, content_from, id_of, record_of
from server.index.search import EVERYTHING, Index
from server.index.writes import IndexedChunk
from server.store import vectors
from server.store.engine import Database
from server.store.scoped import scope_of
from server.store.walking import walk

Expected = Mapping[Id, Scope]
"""The chunks that are to be found, with their scopes."""

MISSING, SURPLUS = "index.missing", "index.surplus"
EVERY = 2**31
AT_ONCE = 64


class IndexCheck:
    """Compares an index with the tables; one that the engine keeps itself, or that is being built, is not compared."""

    kinds = (MISSING, SURPLUS)

    def __init__(self, index: Index) -> None:
        self._index = index

    async def check(self, database: Database, expected: Mapping[Table, Expected], findings: Findings) -> None:
        if self._index.generation(database.binding) is None or self._index.state(database.binding).state != "ready":
            return
        for table, wanted in expected.items():
            held = await self._held(database, table)
            for one, scope in wanted.items():
                findings.look("index_entries", scope)
                if one not in held:
                    detail = "This chunk is in the database but cannot be found by searching."
                    findings.report(MISSING, record_of(table, one), detail, scope)
            for one in held - wanted.keys():
                detail = "This chunk can be found by searching but is gone, superseded or forgotten."
                findings.report(SURPLUS, record_of(table, one), detail, None)

    async def repair(self, database: Database) -> None:
        """Take in what is missing, and out what is surplus."""
        for table in TABLES:
            expected = await _expected(database, table)
            held = await self._held(database, table)
            await self._index.chunks_removed(database, [record_of(table, one) for one in held - expected.keys()])
            missing = [one for one in expected if one not in held]
            for begin in range(0, len(missing), AT_ONCE):
                await self._index.chunks_added(database, await _read(database, table, missing[begin : begin + AT_ONCE]))

    async def _held(self, database: Database, table: Table) -> set[Id]:
        return set(await self._index.latest(database, table, visible(EMPTY), EVERYTHING, EVERY))


async def _expected(database: Database, table: Table) -> Expected:
    rows = walk(database, table, f"scope, ({CURRENT[table]}) AS current")
    return {id_of(row["id"]): scope_of(row["scope"]) async for row in rows if row["current"]}


async def _read(database: Database, table: Table, ids: Sequence[Id]) -> list[IndexedChunk]:
    rows = await database.rows(
        f"SELECT {COLUMNS[table]}, text, {vectors.ENCODED} AS embedding FROM $ids",
        {"ids": [record_of(table, one) for one in ids]},
    )
    contents = [(row, content_from(row)) for row in rows]
    return [IndexedChunk(row["id"], content.text, content.vector, scope_of(row["scope"])) for row, content in contents]
