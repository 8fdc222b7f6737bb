"""Somebody or something that can be named, and how it is read from the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.visibility import Visibility
from server.index.chunk import Id, id_of, record_of
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of
from server.store.walking import walk

TABLE = "entity"
PAGE = 64
COLUMNS = "id, name, type, normalised, aliases, scope"
ALIVE = "forgotten_at = NONE AND valid_until = NONE"
NAMED = f"""array::slice(array::distinct(array::concat(
    (SELECT {COLUMNS} FROM entity WITH INDEX normalised_index WHERE normalised IN $names AND {ALIVE} AND {{visible}}),
    (SELECT {COLUMNS} FROM entity WITH INDEX alias_index WHERE aliases CONTAINSANY $names AND {ALIVE} AND {{visible}})
)), 0, $most)"""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as it is named in questions."""

    id: RecordID
    name: str
    type: str
    normalised: str | None
    aliases: tuple[str, ...]
    scope: Scope

    @property
    def names(self) -> frozenset[str]:
        """All that it is called, in the form in which names are compared."""
        return frozenset({self.name.casefold(), *self.aliases, *([self.normalised] if self.normalised else [])})


def entity_from(row: Row) -> Entity:
    return Entity(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        normalised=row.get("normalised"),
        aliases=tuple(row.get("aliases") or ()),
        scope=scope_of(row["scope"]),
    )


async def named(database: Database, names: Sequence[str], visibility: Visibility, most: int) -> list[Entity]:
    """The visible ones with one of these names."""
    visible, variables = condition(visibility)
    rows = await database.rows(NAMED.format(visible=visible), variables | {"names": list(names), "most": most})
    return [entity_from(row) for row in rows]


async def living(database: Database, ids: Sequence[Id]) -> list[Entity]:
    """Those of some entities that are still there."""
    records = [record_of(TABLE, one) for one in ids]
    rows = await database.rows(f"SELECT {COLUMNS} FROM $entities WHERE {ALIVE}", {"entities": records})
    return [entity_from(row) for row in rows]


async def page(database: Database, after: Id | None) -> tuple[list[Entity], Id | None]:
    """The living ones among the next entities by id, and the last of these ids; none when there are no more."""
    source = TABLE if after is None else f"type::record('{TABLE}', $after>..)"
    rows = await database.rows(
        f"SELECT {COLUMNS}, ({ALIVE}) AS alive FROM {source} LIMIT {PAGE}",
        {"after": list(after) if isinstance(after, tuple) else after},
    )
    return [entity_from(row) for row in rows if row["alive"]], id_of(rows[-1]["id"]) if rows else None


async def everybody(database: Database) -> dict[Id, Entity]:
    """All living entities by their ids."""
    rows = walk(database, TABLE, f"{COLUMNS}, ({ALIVE}) AS alive", page=PAGE)
    return {id_of(row["id"]): entity_from(row) async for row in rows if row["alive"]}
