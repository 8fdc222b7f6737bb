"""Who and what a question names, what is believed of them, and which chunks speak of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.visibility import Visibility
from server.index.analysis import STOP_WORDS
from server.index.chunk import MEMORY, Id
from server.recall.beliefs import COLUMNS, HELD, Fact, Instant, fact_from, holds, settled
from server.recall.understanding import Understanding
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of

MOST_SEEDS = 12
MOST_RELATIONS = 100
# Somebody whom more chunks speak of tells nothing about a chunk.
MOST_MENTIONS = 48
ALWAYS = {"most_relations": MOST_RELATIONS, "memory": MEMORY}
NAMELESS_USER = "user"
_STOP_WORDS = frozenset(STOP_WORDS.split()) - {"may", "will"}

# The ids of attributes begin with the id of their entity, so that they are found as a range.
# A row of an entity holds a vector, so that each is read once alone.
SEED = "SELECT id, name, type, normalised, aliases, scope FROM"
ALIVE = "forgotten_at = NONE AND valid_until = NONE AND {visible}"
SEEDS = f"""LET $seeds = array::slice(array::distinct(array::concat(
    ({SEED} entity WITH INDEX normalised_index WHERE normalised IN $names AND {ALIVE}),
    ({SEED} entity WITH INDEX alias_index WHERE aliases CONTAINSANY $names AND {ALIVE}))), 0, $most_seeds);"""
KNOWN = f"LET $seeds = ({SEED} $entities WHERE {ALIVE});"
AROUND = """LET $ids = $seeds.map(|$one| $one.id);
$seeds;
array::flatten($ids.map(|$one| (SELECT {columns}, entity, key, value
    FROM type::record('attribute', $one.id()..array::append($one.id(), {{}})) WHERE {held} AND {visible})));
SELECT {columns}, in, out, label, in.name AS subject, in.type AS subject_type, out.name AS object
    FROM array::distinct(array::flatten($ids.map(|$one| $one<->(relates_to).id)))
    WHERE {held} AND {visible} AND in.forgotten_at = NONE AND out.forgotten_at = NONE LIMIT $most_relations;
$ids.map(|$one| (SELECT VALUE IF record::tb(in) = $memory THEN record::id(in) ELSE NONE END
    FROM $one<-mentions LIMIT $most_mentions))"""


@dataclass(frozen=True, slots=True)
class Seed:
    """Somebody or something that the question names."""

    id: RecordID
    name: str
    type: str
    names: frozenset[str]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Findings:
    """What the question's names lead to; `mentions` counts how many of the seeds a chunk of memory speaks of."""

    seeds: Sequence[Seed] = ()
    facts: Sequence[Fact] = ()
    mentions: Mapping[Id, int] = field(default_factory=dict)

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Differs as soon as anything here does."""
        said = sorted((fact.id, fact.value, str(fact.valid_until)) for fact in self.facts)
        return tuple(sorted(str(seed.id) for seed in self.seeds)), tuple(said)


NOTHING = Findings()


async def find(database: Database, visibility: Visibility, instant: Instant, understanding: Understanding) -> Findings:
    """Look up every name in the question, and the user if it speaks of them."""
    names = understanding.names(_STOP_WORDS)
    if understanding.is_personal:
        names.append(user_name(visibility))
    if not names:
        return NOTHING
    visible, variables = condition(visibility)
    text = (SEEDS + AROUND).format(visible=visible, held=HELD, columns=COLUMNS)
    limits = {"most_seeds": MOST_SEEDS, "most_mentions": MOST_MENTIONS + 1} | ALWAYS
    answers = await database.read(text, variables | instant.variables | limits | {"names": names})
    seeds, attributes, relations, mentions = answers[-4:]
    return _findings([_seed(row) for row in seeds], attributes, relations, mentions, instant)


async def about(database: Database, visibility: Visibility, instant: Instant, entities: Sequence[RecordID]) -> Findings:
    """The same for entities that are known already."""
    visible, variables = condition(visibility)
    text = (KNOWN + AROUND).format(visible=visible, held=HELD, columns=COLUMNS)
    limits = {"most_mentions": 1} | ALWAYS
    more: dict[str, Any] = {"entities": list(entities)}
    answers = await database.read(text, variables | instant.variables | limits | more)
    seeds, attributes, relations, mentions = answers[-4:]
    return _findings([_seed(row) for row in seeds], attributes, relations, mentions, instant)


def user_name(visibility: Visibility) -> str:
    """What the user of the first scope is called there."""
    users = [value for key, value in visibility.clauses[0] if key == "user"]
    return users[0].casefold() if len(users) == 1 else NAMELESS_USER


def _findings(
    seeds: list[Seed], attributes: list[Row], relations: list[Row], mentions: list[list[str | None]], instant: Instant
) -> Findings:
    named = {seed.id: seed for seed in seeds}
    facts = [
        fact_from(row, seed.name, seed.type, key=row["key"], value=row["value"], of=seed.id)
        for row in attributes
        if holds(row, instant) and (seed := named.get(row["entity"]))
    ]
    facts += [
        fact_from(row, row["subject"], row["subject_type"], key=row["label"], value=row["object"], of=row["in"])
        for row in relations
        if holds(row, instant)
    ]
    counted: dict[Id, int] = {}
    for chunks in mentions:
        for chunk in chunks if len(chunks) <= MOST_MENTIONS else ():
            if chunk is not None:
                counted[chunk] = counted.get(chunk, 0) + 1
    return Findings(seeds, settled(facts), counted)


def _seed(row: Row) -> Seed:
    known = {row.get("normalised") or row["name"].casefold(), row["name"].casefold(), *(row.get("aliases") or ())}
    return Seed(row["id"], row["name"], row["type"], frozenset(known), scope_of(row["scope"]))
