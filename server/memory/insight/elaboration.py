"""Edges that follow from others: what an edge says read from its other end, and people who work at one place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from types import MappingProxyType

from surrealdb import RecordID

from server.core.errors import NotFoundError
from server.core.scope import Scope
from server.memory.beliefs import StoredRelation
from server.memory.entities import StoredEntity
from server.memory.extraction.diff import EntityRef, Extraction, Relation
from server.memory.insight.ground import Bounds, Conclusions, Ground
from server.memory.names import normalised
from server.memory.reading import refs
from server.memory.tools import Tools

MOST_EDGES = 10_000
CONFIDENCE = 0.7
# What the object is to the subject, beside what the subject then is to the object.
_OPPOSITES = {
    "sister brother sibling half-sister half-brother": "sibling",
    "mother father parent": "child",
    "daughter son child": "parent",
    "stepmother stepfather": "stepchild",
    "wife husband spouse": "spouse",
    "girlfriend boyfriend partner": "partner",
    "grandmother grandfather grandparent": "grandchild",
    "granddaughter grandson grandchild": "grandparent",
    "godmother godfather godparent": "godchild",
    "twin": "twin",
    "cousin": "cousin",
    "friend": "friend",
    "colleague": "colleague",
    "neighbour": "neighbour",
    "roommate": "roommate",
    "classmate": "classmate",
    "business-partner": "business-partner",
    "mentor": "mentee",
    "mentee": "mentor",
    "teacher professor tutor": "student",
    "student": "teacher",
    "manager": "employee",
    "employee": "manager",
    "landlord": "tenant",
    "tenant": "landlord",
}
OPPOSITES: Mapping[str, str] = MappingProxyType(
    {label: opposite for labels, opposite in _OPPOSITES.items() for label in labels.split()}
)
# Labels of one meaning: who is a sister need not be proposed as a sibling.
_MEANING = {label: number for number, labels in enumerate(_OPPOSITES) for label in labels.split()}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edge that is not there yet, and what it follows from."""

    scope: Scope
    subject: RecordID
    label: str
    object: RecordID
    rationale: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows about one entity, and how much of it was written."""

    entity: EntityRef
    proposals: tuple[tuple[Proposal, EntityRef, EntityRef], ...]
    emitted: int


class Elaboration:
    """Proposes edges about one entity or about all, and writes them where it is not a rehearsal."""

    def __init__(self, conclusions: Conclusions) -> None:
        self._conclusions = conclusions

    async def elaborate(
        self, tools: Tools, bounds: Bounds, entity: str | None, *, budget: int, dry_run: bool
    ) -> list[Outcome]:
        """At most `budget` edges; without an entity about every one that something follows about."""
        ground = await self._conclusions.ground(tools, bounds, limit=MOST_EDGES)
        proposals = list(_proposed(ground))
        wanted = _named(ground, entity) if entity is not None else None
        about: dict[RecordID, list[Proposal]] = {one.id: [] for one in wanted or ()}
        for proposal in proposals:
            if wanted is None or about.keys() & {proposal.subject, proposal.object}:
                key = proposal.subject if proposal.subject in about or wanted is None else proposal.object
                about.setdefault(key, []).append(proposal)
        outcomes: list[Outcome] = []
        for key, follows in about.items():
            kept, budget = follows[:budget], budget - len(follows[:budget])
            emitted = 0 if dry_run else await self._written(tools, ground, kept)
            named = tuple((one, ground.ref(one.subject), ground.ref(one.object)) for one in kept)
            if kept or wanted is not None:
                outcomes.append(Outcome(ground.ref(key), named, emitted))
        return outcomes

    async def _written(self, tools: Tools, ground: Ground, proposals: Sequence[Proposal]) -> int:
        if not proposals:
            return 0
        drawn = Extraction(
            relations=tuple(
                Relation(ground.ref(one.subject), one.label, ground.ref(one.object), "identity", CONFIDENCE)
                for one in proposals
            )
        )
        written = await self._conclusions.write(tools, proposals[0].scope, "elaborate", drawn)
        return sum(one.action == "created" for one in written.effects.relations) if written else 0


def _named(ground: Ground, entity: str) -> list[StoredEntity]:
    """The entities that `entity:<type>/<name>`, `<type>/<name>` or a name stands for."""
    address = entity.removeprefix("entity:")
    parts = refs.parse(f"entity:{address}").parts if "/" in address else ("", address)
    type_name, name = parts
    found = [
        one
        for one in ground.entities.values()
        if normalised(name) in one.names and type_name.lower() in {"", one.type.lower()}
    ]
    if not found:
        raise NotFoundError(f"There is no entity {entity[:80]!r} that anything is known to be related to.")
    return found


def _proposed(ground: Ground) -> Iterator[Proposal]:
    edges = [
        one
        for one in ground.beliefs.relations
        if one.source.kind != "elaborate" and {one.subject, one.object} <= ground.entities.keys()
    ]
    edges = [
        one for one in edges if one.scope == ground.entities[one.subject].scope == ground.entities[one.object].scope
    ]
    known = {(one.subject, _meaning(one.label), one.object) for one in ground.beliefs.relations}
    for proposal in (*_opposite(ground, edges), *_working_together(ground, edges)):
        said = (proposal.subject, _meaning(proposal.label), proposal.object)
        if said not in known:
            known.add(said)
            yield proposal


def _opposite(ground: Ground, edges: Sequence[StoredRelation]) -> Iterator[Proposal]:
    for edge in edges:
        label = OPPOSITES.get(edge.label)
        if label:
            subject, target = ground.ref(edge.subject).name, ground.ref(edge.object).name
            reason = f"{target} is the {edge.label} of {subject}."
            yield Proposal(edge.scope, edge.object, label, edge.subject, reason)


def _working_together(ground: Ground, edges: Sequence[StoredRelation]) -> Iterator[Proposal]:
    staff: dict[tuple[Scope, RecordID], list[RecordID]] = {}
    for edge in edges:
        if edge.label == "works_at" and ground.entities[edge.subject].type == "Person":
            staff.setdefault((edge.scope, edge.object), []).append(edge.subject)
    for (scope, place), people in staff.items():
        for one, other in permutations(dict.fromkeys(people), 2):
            yield Proposal(scope, one, "colleague", other, f"Both work at {ground.ref(place).name}.")


def _meaning(label: str) -> str:
    number = _MEANING.get(label)
    return label if number is None else str(number)
