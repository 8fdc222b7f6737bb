"""What is believed of those whom a question names, and which chunks speak of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from server.core.visibility import Visibility
from server.index.chunk import MEMORY, Id
from server.index.entity import Entity
from server.recall.beliefs import COLUMNS, HELD, Fact, Instant, fact_from, holds, settled
from server.store.engine import Database, Row
from server.store.scoped import condition

MOST_RELATIONS = 100
# Somebody whom more chunks speak of tells nothing about a chunk.
MOST_MENTIONS = 48

# The ids of attributes begin with the id of their entity, so that they are found as a range.
AROUND = """array::flatten($seeds.map(|$one| (SELECT {columns}, entity, key, value
    FROM type::record('attribute', $one.id()..array::append($one.id(), {{}})) WHERE {held} AND {visible})));
SELECT {columns}, in, out, label, in.name AS subject, in.type AS subject_type, out.name AS object
    FROM array::distinct(array::flatten($seeds.map(|$one| $one<->(relates_to).id)))
    WHERE {held} AND {visible} AND in.forgotten_at = NONE AND out.forgotten_at = NONE LIMIT $most_relations;
$seeds.map(|$one| (SELECT VALUE IF record::tb(in) = $memory THEN record::id(in) ELSE NONE END
    FROM $one<-mentions LIMIT $most_mentions))"""


@dataclass(frozen=True, slots=True)
class Findings:
    """Some entities with the facts about them; `mentions` counts how many of them a chunk of memory speaks of."""

    seeds: Sequence[Entity] = ()
    facts: Sequence[Fact] = ()
    mentions: Mapping[Id, int] = field(default_factory=dict)

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Differs as soon as anything here does."""
        said = sorted((fact.id, fact.value, str(fact.valid_until)) for fact in self.facts)
        return tuple(sorted(str(seed.id) for seed in self.seeds)), tuple(said)


NOTHING = Findings()


async def about(database: Database, visibility: Visibility, instant: Instant, seeds: Sequence[Entity]) -> Findings:
    """What there is about these."""
    if not seeds:
        return NOTHING
    visible, variables = condition(visibility)
    more = {
        "seeds": [seed.id for seed in seeds],
        "memory": MEMORY,
        "most_relations": MOST_RELATIONS,
        "most_mentions": MOST_MENTIONS + 1,
    }
    text = AROUND.format(visible=visible, held=HELD, columns=COLUMNS)
    attributes, relations, mentions = await database.read(text, variables | instant.variables | more)
    return Findings(seeds, settled(_facts(seeds, attributes, relations, instant)), _counted(mentions))


def _facts(
    seeds: Sequence[Entity], attributes: Sequence[Row], relations: Sequence[Row], instant: Instant
) -> Iterator[Fact]:
    known = {seed.id: seed for seed in seeds}
    for row in attributes:
        if holds(row, instant) and (seed := known.get(row["entity"])):
            yield fact_from(row, seed.name, seed.type, key=row["key"], value=row["value"], of=seed.id)
    for row in relations:
        if holds(row, instant):
            subject, kind = row["subject"], row["subject_type"]
            yield fact_from(row, subject, kind, key=row["label"], value=row["object"], of=row["in"])


def _counted(mentions: Sequence[Sequence[str | None]]) -> Counter[Id]:
    telling = [chunks for chunks in mentions if len(chunks) <= MOST_MENTIONS]
    return Counter(chunk for chunks in telling for chunk in chunks if chunk is not None)
