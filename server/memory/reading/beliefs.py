"""Attributes and relations that hold at an instant, with the entities they are of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.memory.beliefs import (
    StoredAttribute,
    StoredRelation,
    attribute_from,
    attribute_range,
    attributes_of,
    relation_from,
)
from server.memory.entities import StoredEntity, by_ids
from server.memory.reading.instant import HELD, Instant, as_known, settled
from server.store.engine import Database
from server.store.scoped import condition

# The engine takes an index for `valid_from <= $as_of` and then leaves out what begins at that very moment.
ALL = "SELECT * FROM {table} WITH NOINDEX WHERE {held} AND {visible} ORDER BY created_at DESC LIMIT $limit"
EDGES = "SELECT * FROM array::distinct(array::flatten((SELECT VALUE <->(relates_to).id FROM $entities)))"


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What holds, and every entity that it speaks of."""

    attributes: tuple[StoredAttribute, ...]
    relations: tuple[StoredRelation, ...]
    entities: dict[RecordID, StoredEntity]
    truncated: bool = False


async def everything(database: Database, visibility: Visibility, instant: Instant, *, limit: int) -> Beliefs:
    """All that a caller sees, the newest first to be kept when there is more than the limit."""
    visible, variables = condition(visibility)
    attributes, relations = await database.read(
        ";".join(ALL.format(table=table, held=HELD, visible=visible) for table in ("attribute", "relates_to")),
        variables | instant.variables | {"limit": limit + 1},
    )
    held = settled(instant.holding(map(attribute_from, attributes[:limit])))
    edges = instant.holding(map(relation_from, relations[:limit]))
    truncated = len(attributes) > limit or len(relations) > limit
    return await _with_entities(database, held, edges, truncated=truncated)


async def of_entities(
    database: Database, visibility: Visibility, instant: Instant, entities: Sequence[StoredEntity]
) -> Beliefs:
    """What holds of some entities, edges in both directions."""
    visible, scoped = condition(visibility)
    variables: dict[str, Any] = scoped | instant.variables | {"entities": [one.id for one in entities]}
    statements = [f"{EDGES} WHERE {HELD} AND {visible}"]
    for number, entity in enumerate(entities):
        low, high = f"low_{number}", f"high_{number}"
        variables[low], variables[high] = attributes_of(entity.id)
        statements.append(f"SELECT * FROM {attribute_range(f'${low}', f'${high}')} WHERE {HELD} AND {visible}")
    relations, *attributes = await database.read("; ".join(statements), variables)
    held = settled(instant.holding(attribute_from(row) for rows in attributes for row in rows))
    edges = instant.holding(map(relation_from, relations))
    return await _with_entities(database, held, edges, known=entities)


async def history(
    database: Database, visibility: Visibility, instant: Instant, entities: Sequence[StoredEntity], key: str
) -> list[StoredAttribute]:
    """Every value that a key has had until then, by what was known then, in the order in which they were said."""
    visible, variables = condition(visibility)
    variables |= instant.variables
    statements = []
    for number, entity in enumerate(entities):
        low, high = f"low_{number}", f"high_{number}"
        variables[low], variables[high] = attributes_of(entity.id, key)
        statements.append(
            f"SELECT * FROM {attribute_range(f'${low}', f'${high}')} "
            f"WHERE forgotten_at = NONE AND created_at <= $known_at "
            f"AND (valid_from = NONE OR valid_from <= $as_of) AND {visible}"
        )
    answers = await database.read("; ".join(statements), variables) if statements else []
    rows = [as_known(attribute_from(row), instant.known_at) for found in answers for row in found]
    after = {str(one.id): str(one.superseded_by) for one in rows if one.superseded_by is not None}
    return sorted(rows, key=lambda one: (one.source.at, one.created_at, -_successors(after, str(one.id)), str(one.id)))


def _successors(after: Mapping[str, str], of: str) -> int:
    """How many values of a chain came behind one: those of one turn have nothing else to be ordered by."""
    passed = {of}
    following = after.get(of)
    while following is not None and following not in passed:
        passed.add(following)
        following = after.get(following)
    return len(passed) - 1


async def _with_entities(
    database: Database,
    attributes: Iterable[StoredAttribute],
    relations: Iterable[StoredRelation],
    *,
    known: Sequence[StoredEntity] = (),
    truncated: bool = False,
) -> Beliefs:
    """Leave out what is said of entities that are forgotten."""
    attributes, relations = list(attributes), list(relations)
    entities = {one.id: one for one in known}
    named = {row.entity for row in attributes} | {end for row in relations for end in (row.subject, row.object)}
    missing = sorted(named - entities.keys(), key=str)
    if missing:
        entities |= await by_ids(database, missing)
    living = {key for key, one in entities.items() if one.forgotten_at is None}
    return Beliefs(
        tuple(row for row in attributes if row.entity in living),
        tuple(row for row in relations if {row.subject, row.object} <= living),
        {key: entities[key] for key in living},
        truncated,
    )
