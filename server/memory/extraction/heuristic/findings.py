"""Collecting what the rules find in a turn, each thing once, in the order it is said."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from server.core.vocabulary.keys import key_named
from server.memory.extraction.diff import (
    Attribute,
    Correction,
    Entity,
    EntityRef,
    Extraction,
    Instruction,
    Relation,
    Uncertainty,
    category_of,
)

LONGEST_VALUE = 300
ASSISTANT_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Period:
    """When something holds, with the wording it was read from."""

    begin: datetime | None = None
    end: datetime | None = None
    text: str | None = None


ALWAYS = Period()


@dataclass(slots=True)
class Findings:
    """What was found so far; `confidence` scales every fact by how much its speaker is to be believed."""

    confidence: float = 1.0
    entities: dict[EntityRef, Entity] = field(default_factory=dict)
    attributes: dict[tuple[EntityRef, str, str, bool], Attribute] = field(default_factory=dict)
    relations: dict[tuple[EntityRef, str, EntityRef, bool], Relation] = field(default_factory=dict)
    instructions: dict[str, Instruction] = field(default_factory=dict)
    uncertainties: dict[str, Uncertainty] = field(default_factory=dict)
    corrections: dict[Correction, None] = field(default_factory=dict)

    def entity(self, ref: EntityRef, *aliases: str) -> EntityRef:
        known = self.entities.get(ref, Entity(ref.type, ref.name, memory_category=category_of(ref)))
        new = tuple(alias for alias in aliases if alias not in known.aliases and alias != ref.name)
        self.entities[ref] = replace(known, aliases=(*known.aliases, *new)) if new else known
        return ref

    def attribute(
        self,
        entity: EntityRef,
        key: str,
        value: str,
        *,
        period: Period = ALWAYS,
        negated: bool = False,
        correction: bool = False,
        confidence: float = 0.9,
    ) -> None:
        text = " ".join(value.split())[:LONGEST_VALUE].strip()
        if not text:
            return
        self.attributes.setdefault(
            (entity, key, text.lower(), negated),
            Attribute(
                entity,
                key,
                text,
                key_named(key).category,
                round(confidence * self.confidence, 3),
                period.begin,
                period.end,
                period.text,
                negated,
                correction,
            ),
        )

    def relation(
        self, subject: EntityRef, label: str, other: EntityRef, *, period: Period = ALWAYS, negated: bool = False
    ) -> None:
        if subject == other:
            return
        category = "identity" if subject.type == other.type == "Person" else "knowledge"
        self.relations.setdefault(
            (subject, label, other, negated),
            Relation(
                subject,
                label,
                other,
                "identity" if category == "identity" else "knowledge",
                round(0.9 * self.confidence, 3),
                period.begin,
                period.end,
                period.text,
                negated,
            ),
        )

    def correction(self, entity: EntityRef, key: str, old: str | None, new: str | None) -> None:
        self.corrections[Correction(entity, key, old, new)] = None

    def instruction(self, instruction: Instruction) -> None:
        self.instructions.setdefault(instruction.description.lower(), instruction)

    def uncertainty(self, about: str, reason: str) -> None:
        self.uncertainties.setdefault(about.lower(), Uncertainty(about, reason))

    @property
    def factual(self) -> bool:
        return bool(self.attributes or self.relations)

    def extraction(self) -> Extraction:
        return Extraction(
            tuple(self.entities.values()),
            tuple(self.attributes.values()),
            tuple(self.relations.values()),
            tuple(self.instructions.values()),
            tuple(self.uncertainties.values()),
            tuple(self.corrections),
        )
