"""What an extractor answers: the entities, facts and directives that one turn states."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from server.core.vocabulary.keys import MemoryCategory, key_named

T = TypeVar("T")
_PARTICLES = frozenset(
    {"of", "the", "de", "da", "do", "del", "di", "van", "von", "der", "la", "le", "el", "al", "&", "and"}
)


@dataclass(frozen=True, slots=True, order=True)
class EntityRef:
    """How a fact names the entity it is about."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something the turn names."""

    type: str
    name: str
    aliases: tuple[str, ...] = ()
    memory_category: MemoryCategory = "knowledge"

    @property
    def ref(self) -> EntityRef:
        return EntityRef(self.type, self.name)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value of an entity; `negated` when the turn says that it does not hold, or no longer.

    `valid_from` is inclusive, `valid_until` exclusive; `period` is the wording they were resolved from.
    """

    entity: EntityRef
    key: str
    value: str
    memory_category: MemoryCategory
    confidence: float = 0.9
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    period: str | None = None
    negated: bool = False
    correction: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A labelled edge: a noun says what the object is to the subject (`sister`), a verb what was done (`met`)."""

    subject: EntityRef
    label: str
    object: EntityRef
    memory_category: MemoryCategory = "knowledge"
    confidence: float = 0.9
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    period: str | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Instruction:
    """A standing directive for the agent; `label` is a short handle, `description` the directive itself."""

    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Something the turn says without vouching for it."""

    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A change to what was said before; `old` or `new` is None where the turn leaves it open, never both.

    `key` is an attribute key, or a relation label when it is the related entity that changes.
    """

    entity: EntityRef
    key: str
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything one turn states, in the order it is said."""

    entities: tuple[Entity, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    uncertainties: tuple[Uncertainty, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def empty(self) -> bool:
        return self == Extraction()

    def completed(self) -> "Extraction":
        """With the relations that values imply, and every entity listed that a fact or a relation names."""
        listed = {entity.ref for entity in self.entities}
        names = {ref.name for ref in listed}
        implied = (_implied(attribute, names) for attribute in self.attributes)
        relations = _distinct((*self.relations, *filter(None, implied)))
        named = (
            *(attribute.entity for attribute in self.attributes),
            *(ref for relation in relations for ref in (relation.subject, relation.object)),
            *(correction.entity for correction in self.corrections),
        )
        missing = [
            Entity(ref.type, ref.name, memory_category=category_of(ref))
            for ref in _distinct(named)
            if ref not in listed
        ]
        return replace(self, entities=(*self.entities, *missing), relations=relations)


def category_of(ref: EntityRef) -> MemoryCategory:
    """People and animals are somebody's identity; anything else is knowledge."""
    return "identity" if ref.type in {"Person", "Animal"} else "knowledge"


def _implied(attribute: Attribute, names: Collection[str]) -> Relation | None:
    """Only a value that names something stands for an edge: `a bank` is a value, `Nordea` an organisation too."""
    implied = key_named(attribute.key).implies
    name = attribute.value.split(",", maxsplit=1)[0].strip()
    if implied is None or not (name in names or _capitalised(name)):
        return None
    return Relation(
        subject=attribute.entity,
        label=implied.label,
        object=EntityRef(implied.type, name),
        memory_category=attribute.memory_category,
        confidence=attribute.confidence,
        valid_from=attribute.valid_from,
        valid_until=attribute.valid_until,
        period=attribute.period,
        negated=attribute.negated,
    )


def _capitalised(name: str) -> bool:
    """Whether every word is, but for particles; letters of a script without case count as capitals."""
    words = [word for word in name.split() if word not in _PARTICLES]
    return bool(words) and all(word[0].isalpha() and word[0].upper() == word[0] for word in words)


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
