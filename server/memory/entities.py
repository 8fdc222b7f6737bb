"""Entity rows without their vectors, and the queries that find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.visibility import Visibility
from server.core.vocabulary.keys import MemoryCategory
from server.memory.names import canonical_type, normalised
from server.store.engine import Database, Row
from server.store.scoped import condition, narrowed, scope_of

FIELDS = (
    "id, name, type, normalised, aliases, memory_category, scope, created_at, updated_at, valid_until, forgotten_at, "
    "confidence, source_turn"
)
LIVING = "forgotten_at = NONE AND valid_until = NONE"


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """Somebody or something that is remembered; `aliases` are normalised."""

    id: RecordID
    type: str
    name: str
    normalised: str
    aliases: tuple[str, ...]
    memory_category: MemoryCategory
    scope: Scope
    created_at: datetime
    updated_at: datetime
    valid_until: datetime | None
    forgotten_at: datetime | None
    source_turn: RecordID | None
    confidence: float | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.normalised, normalised(self.name), *self.aliases})


def entity_from(row: Row) -> StoredEntity:
    return StoredEntity(
        id=row["id"],
        type=row["type"],
        name=row["name"],
        normalised=row.get("normalised") or normalised(row["name"]),
        aliases=tuple(row.get("aliases") or ()),
        memory_category=row["memory_category"],
        scope=scope_of(row["scope"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        valid_until=row.get("valid_until"),
        forgotten_at=row.get("forgotten_at"),
        source_turn=row.get("source_turn"),
        confidence=row.get("confidence"),
    )


def select(visibility: Visibility, where: str = "true") -> tuple[str, dict[str, Any]]:
    """The text that finds visible entities, and its variables; `where` compares plain columns only.

    Rows are sorted out by text before they are decoded, which takes half a millisecond for each, and then by the rule.
    An index would have all rows of a type decoded.
    """
    narrow, texts = narrowed(visibility)
    rule, sets = condition(visibility)
    return (
        f"SELECT {FIELDS} FROM (SELECT {FIELDS} FROM entity WITH NOINDEX WHERE {narrow} AND {where}) WHERE {rule}",
        texts | sets,
    )


async def named(
    database: Database, visibility: Visibility, type_name: str, name: str, *, forgotten: bool = False
) -> list[StoredEntity]:
    """The visible entities that a type and a name or alias address, the ones with narrower scopes first."""
    living = "forgotten_at != NONE" if forgotten else "forgotten_at = NONE"
    rule, sets = condition(visibility)
    known = normalised(name)
    text = f"""
        SELECT {FIELDS} FROM (SELECT {FIELDS} FROM entity WHERE type = $type AND normalised = $name)
            WHERE {living} AND {rule};
        SELECT {FIELDS} FROM (SELECT {FIELDS} FROM entity WHERE aliases CONTAINSANY [$name])
            WHERE type = $type AND {living} AND {rule}"""
    by_name, by_alias = await database.read(text, sets | {"type": canonical_type(type_name), "name": known})
    found = {str(row["id"]): entity_from(row) for row in (*by_alias, *by_name)}
    return sorted(found.values(), key=lambda one: (-len(one.scope), str(one.id)))


async def called(database: Database, visibility: Visibility, name: str) -> list[StoredEntity]:
    """The visible entities of any type that go by a name."""
    text, variables = select(visibility, "forgotten_at = NONE AND known_as CONTAINS $known")
    rows = await database.rows(text, variables | {"known": f"|{normalised(name)}|"})
    return [one for one in map(entity_from, rows) if normalised(name) in one.names]


async def page(
    database: Database,
    visibility: Visibility,
    known_at: datetime,
    *,
    type_name: str | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[list[StoredEntity], bool]:
    """Visible entities in the order of their types and names, and whether there are more."""
    narrow, texts = narrowed(visibility)
    rule, sets = condition(visibility)
    rows = await database.rows(
        f"""SELECT {FIELDS}, {rule} AS admitted FROM (SELECT {FIELDS} FROM entity WITH NOINDEX
            WHERE {narrow} AND forgotten_at = NONE AND created_at <= $known_at AND ($type = NONE OR type = $type)
            LIMIT $limit START $offset)""",
        texts
        | sets
        | {
            "known_at": known_at,
            "type": None if type_name is None else canonical_type(type_name),
            "limit": limit + 1,
            "offset": offset,
        },
    )
    return [entity_from(row) for row in rows[:limit] if row["admitted"]], len(rows) > limit


async def by_ids(database: Database, ids: Sequence[RecordID]) -> dict[RecordID, StoredEntity]:
    """The entities of those ids, whoever may see them: the ids come from rows that were seen."""
    rows = await database.rows(f"SELECT {FIELDS} FROM $ids", {"ids": list(ids)})
    return {row["id"]: entity_from(row) for row in rows}
