"""Who and what a question names, and which chunks speak of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.visibility import Visibility
from server.index.analysis import STOP_WORDS
from server.index.chunk import MEMORY, Id
from server.recall.understanding import Understanding
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of

MOST_SEEDS = 12
# Somebody whom more chunks speak of tells nothing about a chunk.
MOST_MENTIONS = 48
NAMELESS_USER = "user"
_STOP_WORDS = frozenset(STOP_WORDS.split()) - {"may", "will"}

# A row of an entity holds a vector, so that each is read once alone.
SEED = "SELECT id, name, type, normalised, aliases, scope FROM"
ALIVE = "forgotten_at = NONE AND valid_until = NONE AND {visible}"
NAMED = f"""LET $seeds = array::slice(array::distinct(array::concat(
    ({SEED} entity WITH INDEX normalised_index WHERE normalised IN $names AND {ALIVE}),
    ({SEED} entity WITH INDEX alias_index WHERE aliases CONTAINSANY $names AND {ALIVE}))), 0, $most_seeds);
LET $ids = $seeds.map(|$one| $one.id);
$seeds;
$ids.map(|$one| (SELECT VALUE IF record::tb(in) = $memory THEN record::id(in) ELSE NONE END
    FROM $one<-mentions LIMIT $most_mentions))"""
KNOWN = f"{SEED} $entities WHERE {ALIVE}"


@dataclass(frozen=True, slots=True)
class Seed:
    """Somebody or something that the question names."""

    id: RecordID
    name: str
    type: str
    names: frozenset[str]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Named:
    """All whom the question names; `mentions` counts how many of them a chunk of memory speaks of."""

    seeds: Sequence[Seed] = ()
    mentions: Mapping[Id, int] = field(default_factory=dict)


async def named(database: Database, visibility: Visibility, understanding: Understanding) -> Named:
    """Look up every name in the question, and the user if it speaks of them."""
    names = understanding.names(_STOP_WORDS)
    if understanding.is_personal:
        names.append(user_name(visibility))
    if not names:
        return Named()
    visible, variables = condition(visibility)
    limits = {"most_seeds": MOST_SEEDS, "most_mentions": MOST_MENTIONS + 1, "memory": MEMORY}
    answers = await database.read(NAMED.format(visible=visible), variables | limits | {"names": names})
    seeds, mentions = answers[-2:]
    return Named([_seed(row) for row in seeds], _counted(mentions))


async def seeds(database: Database, visibility: Visibility, entities: Sequence[RecordID]) -> list[Seed]:
    """Entities that are known by their ids."""
    visible, variables = condition(visibility)
    rows = await database.rows(KNOWN.format(visible=visible), variables | {"entities": list(entities)})
    return [_seed(row) for row in rows]


def user_name(visibility: Visibility) -> str:
    """What the user of the first scope is called there."""
    users = [value for key, value in visibility.clauses[0] if key == "user"]
    return users[0].casefold() if len(users) == 1 else NAMELESS_USER


def _counted(mentions: Sequence[Sequence[str | None]]) -> dict[Id, int]:
    counted: dict[Id, int] = {}
    for chunks in mentions:
        for chunk in chunks if len(chunks) <= MOST_MENTIONS else ():
            if chunk is not None:
                counted[chunk] = counted.get(chunk, 0) + 1
    return counted


def _seed(row: Row) -> Seed:
    known = {row.get("normalised") or row["name"].casefold(), row["name"].casefold(), *(row.get("aliases") or ())}
    return Seed(row["id"], row["name"], row["type"], frozenset(known), scope_of(row["scope"]))
