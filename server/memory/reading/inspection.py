"""One thing in full: an entity, the values of a key, an edge with its past."""

from collections.abc import Mapping
from dataclasses import dataclass

from surrealdb import RecordID

from server.core.errors import NotFoundError
from server.core.visibility import Visibility
from server.memory.beliefs import StoredAttribute, StoredRelation, relation_from
from server.memory.entities import StoredEntity, by_ids, called, named
from server.memory.names import normalised
from server.memory.reading.beliefs import Beliefs, history, of_entities
from server.memory.reading.instant import Instant, as_known
from server.store.engine import Database
from server.store.scoped import condition

EDGES = """SELECT * FROM array::flatten((SELECT VALUE ->(relates_to WHERE label = $label).id FROM $subjects))
    WHERE out IN $objects AND forgotten_at = NONE AND created_at <= $known_at AND {visible} ORDER BY created_at"""


@dataclass(frozen=True, slots=True)
class Described:
    """Every visible entity of a name, and what holds of them."""

    entities: tuple[StoredEntity, ...]
    beliefs: Beliefs


@dataclass(frozen=True, slots=True)
class Traced:
    """The values of a key: those that hold, and all there were."""

    entities: tuple[StoredEntity, ...]
    current: tuple[StoredAttribute, ...]
    history: tuple[StoredAttribute, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    """An edge: whether it holds, and each time it did."""

    current: tuple[StoredRelation, ...]
    history: tuple[StoredRelation, ...]
    entities: Mapping[RecordID, StoredEntity]


async def entity(database: Database, visibility: Visibility, instant: Instant, type_name: str, name: str) -> Described:
    found = [one for one in await named(database, visibility, type_name, name) if one.created_at <= instant.known_at]
    if not found:
        raise NotFoundError(f"There is no entity {type_name[:80]}/{name[:80]}, or none that this key may see.")
    return Described(tuple(found), await of_entities(database, visibility, instant, found))


async def attribute(
    database: Database, visibility: Visibility, instant: Instant, type_name: str, name: str, key: str
) -> Traced:
    described = await entity(database, visibility, instant, type_name, name)
    past = await history(database, visibility, instant, described.entities, key)
    if not past:
        raise NotFoundError(f"Nothing is known of {type_name[:80]}/{name[:80]} under the key {key[:80]!r}.")
    own = {one.id for one in described.entities}
    held = tuple(row for row in described.beliefs.attributes if row.entity in own and row.key == key)
    return Traced(described.entities, held, tuple(past))


async def relation(
    database: Database, visibility: Visibility, instant: Instant, subject: str, label: str, target: str
) -> Connected:
    visible, variables = condition(visibility)
    rows = await database.rows(
        EDGES.format(visible=visible),
        variables
        | {
            "label": label,
            "subjects": [one.id for one in await _ends(database, visibility, subject)],
            "objects": [one.id for one in await _ends(database, visibility, target)],
            "known_at": instant.known_at,
        },
    )
    if not rows:
        raise NotFoundError(f"There is no relation {subject[:80]}/{label[:80]}/{target[:80]} that this key may see.")
    edges = [relation_from(row) for row in rows]
    ends = sorted({end for row in edges for end in (row.subject, row.object)}, key=str)
    return Connected(
        tuple(instant.holding(edges)),
        tuple(as_known(row, instant.known_at) for row in edges),
        await by_ids(database, ends),
    )


async def _ends(database: Database, visibility: Visibility, name: str) -> list[StoredEntity]:
    """An end of an edge is given by name, or by `<type>:<name>` where names are shared."""
    found = await called(database, visibility, name)
    type_name, colon, rest = name.partition(":")
    return found or (await named(database, visibility, type_name, rest) if colon and normalised(rest) else [])
