"""A database with an index beside it, and chunks to put into both."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from surrealdb import RecordID

from server.core.scope import Scope, parse
from server.core.visibility import Visibility, visible
from server.index.chunk import Id, record_of
from server.index.search import EVERYTHING, Filter, Index, Question
from server.index.writes import IndexedChunk
from server.store import vectors
from server.store.engine import Database, Row
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids
from server.store.vectors import Vector

START = datetime(2026, 1, 1, tzinfo=UTC)
WIDTH = 16

INSERT_MEMORY = f"""{ENSURE_ATTRIBUTES}
INSERT INTO memory_chunk object::extend($row, {{
    scope: <set>$scope_attributes, embedding: {vectors.decoded("$embedding")} }}) RETURN NONE"""
INSERT_KNOWLEDGE = f"""{ENSURE_ATTRIBUTES}
UPSERT type::record('document', $document) SET title = 't', mime_type = 'text/plain', source = 's', storage_key = 'k',
    content_hash = 'h', size_bytes = 1, scope = <set>$scope_attributes, version = $version, chunk_count = 1 RETURN NONE;
INSERT INTO knowledge_chunk object::extend($row, {{
    scope: <set>$scope_attributes, embedding: {vectors.decoded("$embedding")} }}) RETURN NONE"""


def direction(*weights: float) -> Vector:
    """A vector of length one with these numbers in front."""
    vector = np.zeros(WIDTH, dtype=np.float32)
    vector[: len(weights)] = weights
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@dataclass
class World:
    """Writes chunks as the domains do: into the database first, and then the index is told."""

    database: Database
    index: Index
    untold: list[IndexedChunk] = field(default_factory=list)

    async def say(
        self,
        key: str,
        text: str,
        vector: Vector | None = None,
        *,
        scope: object = None,
        session: str = "s",
        seq: int = 0,
        labels: Sequence[str] = (),
        said_at: datetime = START,
        created_at: datetime = START,
        tell: bool = True,
    ) -> None:
        """A turn that becomes one chunk."""
        row = {
            "id": key,
            "session": RecordID("session", session),
            "source_turn": RecordID("turn", key),
            "seq": seq,
            "text": text,
            "labels": list(labels) or None,
            "valid_from": said_at,
            "created_at": created_at,
        }
        await self._insert(INSERT_MEMORY, "memory_chunk", row, vector, parse(scope), tell=tell)

    async def read_in(
        self,
        document: str,
        position: int,
        text: str,
        vector: Vector | None = None,
        *,
        scope: object = None,
        version: int = 1,
        current: int = 1,
    ) -> None:
        """A chunk of a version of a document, which has another one as its current."""
        row = {
            "id": [document, version, position],
            "document": RecordID("document", document),
            "version": version,
            "position": position,
            "char_start": 0,
            "char_end": len(text),
            "text": text,
            "created_at": START,
        }
        more = {"document": document, "version": current}
        await self._insert(INSERT_KNOWLEDGE, "knowledge_chunk", row, vector, parse(scope), tell=True, **more)

    async def replace(self, document: str, *, version: int, chunk_count: int | None = 1) -> None:
        """Make a version the current one, and tell of the chunks as the pipeline does."""
        await self.database.write(
            "UPDATE type::record('document', $document) SET version = $version, chunk_count = $count RETURN NONE",
            {"document": document, "version": version, "count": chunk_count},
        )
        rows = await self.database.rows(
            f"""SELECT id, text, created_at, {vectors.ENCODED} AS embedding,
                version = $version AND $count != NONE AS current
            FROM knowledge_chunk WHERE document = type::record('document', $document)""",
            {"document": document, "version": version, "count": chunk_count},
        )
        held = [
            IndexedChunk(
                row["id"],
                row["text"],
                vectors.decode(row["embedding"])[:WIDTH],
                frozenset(),
                created_at=row["created_at"],
            )
            for row in rows
            if row["current"]
        ]
        await self.index.chunks_removed(self.database, [row["id"] for row in rows if not row["current"]])
        await self.index.chunks_added(self.database, held)

    async def forget(self, *keys: str) -> None:
        ids = [RecordID("memory_chunk", key) for key in keys]
        await self.database.write("UPDATE $ids SET forgotten_at = $now RETURN NONE", {"ids": ids, "now": START})
        await self.index.chunks_removed(self.database, ids)

    async def delete(self, *keys: str, tell: bool = True) -> None:
        ids = [RecordID("memory_chunk", key) for key in keys]
        await self.database.write("DELETE $ids RETURN NONE", {"ids": ids})
        if tell:
            await self.index.chunks_removed(self.database, ids)

    async def know(self, *entities: Id) -> None:
        await self.index.entities_changed(self.database, [record_of("entity", one) for one in entities])

    async def words(self, text: str, *, scope: object = None, where: Filter = EVERYTHING, k: int = 10) -> list[Id]:
        question = Question(text, direction(1), self.sees(scope), where)
        return [one.id for one in await self.index.search_words(self.database, "memory_chunk", question, k)]

    async def near(self, vector: Vector, *, scope: object = None, where: Filter = EVERYTHING, k: int = 10) -> list[Id]:
        question = Question("", vector, self.sees(scope), where)
        return [one.id for one in await self.index.search_vector(self.database, "memory_chunk", question, k)]

    @staticmethod
    def sees(scope: object) -> Visibility:
        return visible(frozenset(), [parse(scope)])

    async def _insert(
        self, text: str, table: str, row: Row, vector: Vector | None, scope: Scope, *, tell: bool, **more: Any
    ) -> None:
        vector = direction(1) if vector is None else vector
        variables = {"row": row, "embedding": vectors.encode(vector), "scope_attributes": attribute_ids(scope)}
        await self.database.write(text, variables | more)
        key = tuple(row["id"]) if isinstance(row["id"], list) else row["id"]
        # Of documents all columns are told, as the pipeline does.
        made = row["created_at"] if table == "knowledge_chunk" else None
        chunk = IndexedChunk(record_of(table, key), row["text"], vector, scope, row.get("section"), made)
        if tell:
            await self.index.chunks_added(self.database, [chunk])
        else:
            self.untold.append(chunk)


def later(days: float) -> datetime:
    return START + timedelta(days=days)
