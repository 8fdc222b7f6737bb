"""What is believed of those whom a question names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.core.visibility import Visibility
from server.index.entity import Entity
from server.recall.beliefs import COLUMNS, HELD, Fact, Instant, fact_from, holds, settled
from server.store.engine import Database, Row
from server.store.scoped import condition

MOST_RELATIONS = 100

# The ids of attributes begin with the id of their entity, so that they are found as a range.
FACTS = """array::flatten($entities.map(|$one| (SELECT {columns}, entity, key, value
    FROM type::record('attribute', $one.id()..array::append($one.id(), {{}})) WHERE {held} AND {visible})));
SELECT {columns}, in, out, label, in.name AS subject, in.type AS subject_type, out.name AS object
    FROM array::distinct(array::flatten($entities.map(|$one| $one<->(relates_to).id)))
    WHERE {held} AND {visible} AND in.forgotten_at = NONE AND out.forgotten_at = NONE LIMIT $most_relations"""


@dataclass(frozen=True, slots=True)
class Findings:
    """Some entities with the facts about them."""

    seeds: Sequence[Entity] = ()
    facts: Sequence[Fact] = ()

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Differs as soon as anything here does."""
        said = sorted((fact.id, fact.value, str(fact.valid_until)) for fact in self.facts)
        return tuple(sorted(str(seed.id) for seed in self.seeds)), tuple(said)


async def about(database: Database, visibility: Visibility, instant: Instant, seeds: Sequence[Entity]) -> Findings:
    """What is believed of these."""
    if not seeds:
        return Findings()
    visible, variables = condition(visibility)
    more = {"entities": [seed.id for seed in seeds], "most_relations": MOST_RELATIONS}
    attributes, relations = await database.read(
        FACTS.format(visible=visible, held=HELD, columns=COLUMNS), variables | instant.variables | more
    )
    return Findings(seeds, settled(_facts(seeds, attributes, relations, instant)))


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
