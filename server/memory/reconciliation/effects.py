"""What became of each thing that a turn states."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from surrealdb import RecordID

from server.core.vocabulary.keys import MemoryCategory
from server.memory.extraction.diff import EntityRef

# created: new. superseded: new, and an earlier value ended. confirmed: known already. ended: no longer true.
# past: true of a time that is over. late: said before what is known since. disputed: an authority says otherwise, so
# nothing was written. unknown: something was denied that nobody believed.
Action = Literal["created", "superseded", "confirmed", "ended", "past", "late", "disputed", "unknown"]
EntityAction = Literal["created", "matched", "revived"]


@dataclass(frozen=True, slots=True)
class EntityEffect:
    id: RecordID
    type: str
    name: str
    memory_category: MemoryCategory
    action: EntityAction


@dataclass(frozen=True, slots=True)
class AttributeEffect:
    entity: EntityRef
    key: str
    value: str
    memory_category: MemoryCategory
    confidence: float | None
    action: Action
    id: RecordID | None = None
    previous: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RelationEffect:
    subject: EntityRef
    label: str
    object: EntityRef
    memory_category: MemoryCategory
    confidence: float | None
    action: Action
    id: RecordID | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class InstructionEffect:
    id: RecordID
    label: str
    description: str
    action: Action


@dataclass(frozen=True, slots=True)
class UncertaintyEffect:
    id: RecordID
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class CorrectionEffect:
    """What was believed before and what is now; None where the turn leaves one open."""

    entity: EntityRef
    key: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Effects:
    """All of it, in the order in which it was stated."""

    entities: list[EntityEffect] = field(default_factory=list)
    attributes: list[AttributeEffect] = field(default_factory=list)
    relations: list[RelationEffect] = field(default_factory=list)
    instructions: list[InstructionEffect] = field(default_factory=list)
    uncertainties: list[UncertaintyEffect] = field(default_factory=list)
    corrections: list[CorrectionEffect] = field(default_factory=list)

    def corrected(self, correction: CorrectionEffect) -> None:
        """Note a change once, however often it was said."""
        if correction.old != correction.new and correction not in self.corrections:
            self.corrections.append(correction)
