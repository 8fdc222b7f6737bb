"""A chunk with everything that the search index keeps of it, and how it is read from the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
from surrealdb import RecordID

from server.core.scope import Scope
from server.store import vectors
from server.store.engine import Row
from server.store.scoped import scope_of
from server.store.vectors import Vector

Table = Literal["memory_chunk", "knowledge_chunk"]
Id = str | tuple[Any, ...]

TABLES: tuple[Table, ...] = ("memory_chunk", "knowledge_chunk")
MEMORY: Table = "memory_chunk"
KNOWLEDGE: Table = "knowledge_chunk"

# What is searched: chunks that were not forgotten, and those of a document's current version.
CURRENT: dict[Table, str] = {
    MEMORY: "forgotten_at = NONE AND valid_until = NONE",
    KNOWLEDGE: "version = document.version AND document.chunk_count != NONE",
}
COLUMNS: dict[Table, str] = {
    MEMORY: (
        "id, scope, labels, session AS of, seq AS position, source_turn AS turn, role, valid_from AS said_at, "
        "created_at"
    ),
    KNOWLEDGE: "id, scope, document AS of, position, section, created_at",
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A searchable piece of a session or document.

    `of` names that group and `position` its place there; `turn` is the turn that a piece of memory is a part of, said
    by somebody in that `role`.
    """

    table: Table
    id: Id
    scope: Scope
    of: str
    position: float
    said_at: datetime
    created_at: datetime
    labels: frozenset[str] = frozenset()
    turn: str | None = None
    role: str | None = None
    section: str | None = None

    def searched(self, text: str) -> str:
        """The words that it is found by: its own, and those of the heading that it stands under."""
        return f"{self.section}\n{text}" if self.section else text


@dataclass(frozen=True, slots=True)
class Content:
    """What is searched of a chunk."""

    text: str
    vector: Vector


def id_of(record: RecordID) -> Id:
    """The key of a record as something that can be looked up."""
    return tuple(record.id) if isinstance(record.id, list) else str(record.id)


def record_of(table: str, key: Id) -> RecordID:
    return RecordID(table, list(key) if isinstance(key, tuple) else key)


def chunk_from(table: Table, row: Row) -> Chunk:
    of: RecordID = row["of"]
    turn: RecordID | None = row.get("turn")
    return Chunk(
        table=table,
        id=id_of(row["id"]),
        scope=scope_of(row["scope"]),
        of=str(of.id),
        position=row.get("position") or 0,
        said_at=row.get("said_at") or row["created_at"],
        created_at=row["created_at"],
        labels=frozenset(row.get("labels") or ()),
        turn=str(turn.id) if turn else None,
        role=row.get("role"),
        section=row.get("section"),
    )


def content_from(row: Row) -> Content:
    return Content(row["text"], trimmed(vectors.decode(row["embedding"])))


def trimmed(vector: Vector) -> Vector:
    """A vector without the zeros that pad it in its column."""
    used = np.flatnonzero(vector)
    return vector[: used[-1] + 1] if len(used) else vector[:1]
