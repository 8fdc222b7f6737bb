"""Whether the search index holds exactly what is to be found, and putting that right."""

from collections.abc import Mapping, Sequence

from server.core.findings import Findings
from server.core.scope import EMPTY, Scope
from server.core.visibility import visible
from server.index import entity
from server.index.chunk import COLUMNS, CURRENT, TABLES, Id, Table, content_from, id_of, record_of
from server.index.entity import TABLE as ENTITY
from server.index.search import EVERYTHING, Index
from server.index.writes import IndexedChunk
from server.store import vectors
from server.store.engine import Database
from server.store.scoped import scope_of
from server.store.walking import walk

Expected = Mapping[Id, Scope]
"""The chunks that are to be found, with their scopes."""

MISSING, SURPLUS, NAMES = "index.missing", "index.surplus", "index.names"
EVERY = 2**31
AT_ONCE = 64


class IndexCheck:
    """Compares an index with the tables; one that the engine keeps itself, or that is being built, is not compared."""

    kinds = (MISSING, SURPLUS, NAMES)

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
        for one, scope in (await self._misnamed(database, findings)).items():
            detail = "This entity is found by other names, or in another scope, than the database has for it."
            findings.report(NAMES, record_of(ENTITY, one), detail, scope)

    async def repair(self, database: Database) -> None:
        """Take in what is missing, and out what is surplus."""
        for table in TABLES:
            expected = await _expected(database, table)
            held = await self._held(database, table)
            await self._index.chunks_removed(database, [record_of(table, one) for one in held - expected.keys()])
            missing = [one for one in expected if one not in held]
            for begin in range(0, len(missing), AT_ONCE):
                await self._index.chunks_added(database, await _read(database, table, missing[begin : begin + AT_ONCE]))
        misnamed = await self._misnamed(database)
        await self._index.entities_changed(database, [record_of(ENTITY, one) for one in misnamed])

    async def _misnamed(self, database: Database, findings: Findings | None = None) -> Mapping[Id, Scope]:
        """Entities that the index knows as something else than they are, where it knows any."""
        if self._index.everybody(database.binding) is None:
            return {}
        living = await entity.everybody(database)
        known = self._index.everybody(database.binding)
        if known is None:
            return {}
        if findings:
            for one in living.values():
                findings.look("index_names", one.scope)
        alike = dict(living.items() & known.items())
        return {key: one.scope for key, one in {**known, **living}.items() if key not in alike}

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
