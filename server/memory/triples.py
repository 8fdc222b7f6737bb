"""Facts that a caller states outright: subject, predicate, object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core.vocabulary.keys import KEYS, EntityType, key_named
from server.core.vocabulary.slots import key_from_noun
from server.core.vocabulary.ties import TIES
from server.memory.extraction.diff import Attribute, EntityRef, Extraction, Relation, category_of
from server.memory.names import canonical_type

IMPLYING = {key.implies.label: key for key in KEYS.values() if key.implies}


@dataclass(frozen=True, slots=True)
class Triple:
    """One fact; an object with a type is an entity, one without is a value unless the predicate tells otherwise."""

    subject: str
    predicate: str
    object: str
    subject_type: str | None = None
    object_type: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    negated: bool = False

    @property
    def text(self) -> str:
        return f"{self.subject} {'not ' if self.negated else ''}{self.predicate.replace('_', ' ')} {self.object}"

    def document(self) -> dict[str, Any]:
        """How it is kept with its turn until it is worked in."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


def triple_from(document: Mapping[str, Any]) -> Triple:
    return Triple(**document)


def extraction_of(triples: Sequence[Triple]) -> Extraction:
    """The diff that the triples state."""
    attributes, relations = [], []
    for triple in triples:
        implying = IMPLYING.get(triple.predicate)
        key = implying.name if implying else key_from_noun(triple.predicate.casefold().replace("_", " ").split())
        tie = TIES.get(triple.predicate.casefold().replace("_", " "))
        if implying is None and (triple.object_type or tie):
            relations.append(_relation(triple, tie.label if tie else triple.predicate))
        else:
            attributes.append(_attribute(triple, key))
    return Extraction(attributes=tuple(attributes), relations=tuple(relations)).completed()


def _attribute(triple: Triple, key: str) -> Attribute:
    subject = EntityRef(_subject_type(triple, key), triple.subject)
    return Attribute(
        entity=subject,
        key=key,
        value=triple.object,
        memory_category=key_named(key).category,
        confidence=1.0,
        valid_from=triple.valid_from,
        valid_until=triple.valid_until,
        negated=triple.negated,
    )


def _relation(triple: Triple, label: str) -> Relation:
    subject = EntityRef(_subject_type(triple, label), triple.subject)
    return Relation(
        subject=subject,
        label=label,
        object=EntityRef(canonical_type(triple.object_type or "Person"), triple.object),
        memory_category=category_of(subject),
        confidence=1.0,
        valid_from=triple.valid_from,
        valid_until=triple.valid_until,
        negated=triple.negated,
    )


def _subject_type(triple: Triple, key: str) -> str:
    """What people have and are is told of people; anything else of a thing, which may turn out to be known as more."""
    default: EntityType = "Person" if key in TIES or (key in KEYS and KEYS[key].category == "identity") else "Thing"
    return canonical_type(triple.subject_type or default)
