"""Answers about what is put into memory and taken out of it."""

from datetime import datetime
from typing import NotRequired

from typing_extensions import TypedDict

from server.http.answers.common import Counted, EntityName, Metadata, Scope, Timed, Traced


class Session(Timed, Traced):
    """A conversation."""

    id: str
    scope: Scope
    scopes: list[list[str]]
    metadata: Metadata | None
    turn_count: int


class Sessions(Traced):
    """A page of conversations."""

    sessions: list[Session]
    has_more: bool


class Turn(TypedDict):
    """What was said once in a conversation."""

    id: str
    session: str
    seq: int
    role: str
    content: str
    scope: Scope
    labels: list[str]
    memory_category: str | None
    metadata: Metadata | None
    infer: str
    pending: bool
    occurred_at: datetime
    created_at: datetime


class Turns(Traced):
    """A page of turns in their order."""

    turns: list[Turn]
    has_more: bool


class EntityMade(TypedDict):
    """An entity that a turn names, and whether it is new."""

    id: str | None
    type: str
    name: str
    memory_category: str
    action: str


class AttributeMade(TypedDict):
    """A value that a turn states, and what became of the one before."""

    entity: EntityName
    key: str
    value: str
    memory_category: str
    confidence: float
    action: str
    id: str | None
    previous: str | None
    valid_from: datetime | None
    valid_until: datetime | None


class RelationMade(TypedDict):
    """A relation that a turn states."""

    subject: EntityName
    label: str
    object: EntityName
    memory_category: str
    confidence: float
    action: str
    id: str | None
    valid_from: datetime | None
    valid_until: datetime | None


class InstructionMade(TypedDict):
    """A wish that a turn states."""

    id: str | None
    label: str
    description: str
    action: str


class UncertaintyMade(TypedDict):
    """A doubt that a turn left."""

    id: str | None
    about: str
    reason: str


class Correction(TypedDict):
    """A value that a turn corrected."""

    entity: EntityName
    key: str
    old: str
    new: str | None


class Learned(TypedDict):
    """What was concluded from a turn."""

    turn_id: str | None
    entities: list[EntityMade]
    attributes: list[AttributeMade]
    relations: list[RelationMade]
    instructions: list[InstructionMade]
    uncertainties: list[UncertaintyMade]
    corrections: list[Correction]


class AddedTurn(Turn, Traced):
    """A turn that was added, and what was concluded from it; `pending` while conclusions are still to come."""

    turn_id: str
    chunk_id: str | None
    chunk_ids: list[str]
    pending: bool
    extraction: Learned | None


class Remembered(Traced):
    """What was remembered and concluded."""

    mode: str
    session_id: str | None
    turn_id: str | None
    chunk_id: str | None
    chunk_ids: NotRequired[list[str]]
    pending: NotRequired[bool]
    preview: NotRequired[bool]
    extraction: Learned | None


class RememberedMany(Traced):
    """What was remembered and concluded, in the order in which it was said."""

    session_id: str
    turn_ids: list[str]
    extractions: list[Learned]
    pending: bool


class Forgotten(Counted, Traced):
    """What was forgotten, or would be."""

    deleted: int
    would_delete: int
    purged: bool
    dry_run: bool
    audit_id: str | None


class Reinstated(Counted, Traced):
    """What came back."""

    context_id: str
    reinstated: int


class ForgottenScope(Counted, Traced):
    """What went with a scope, or would go."""

    forgotten: int
    dry_run: bool


class ScopePath(Traced):
    """A scope that is registered or in use."""

    path: str
    scope: Scope
    display_name: str | None
    description: str | None
    registered: bool
    created_at: datetime | None
    tombstoned_at: datetime | None


class Consolidated(TypedDict):
    """A pattern that was found in what is remembered."""

    entity_name: str
    key: str
    kind: str
    value: str
    proof_count: int
    rationale: str
    observation_id: str | None


class Consolidation(Traced):
    """Patterns found, and what became of each."""

    created: int
    updated: int
    superseded: int
    dry_run: bool
    outcomes: list[Consolidated]


class ProposedRelation(TypedDict):
    """A relation that follows from others."""

    subject: EntityName
    label: str
    object: EntityName
    confidence: float
    rationale: str


class Elaborated(Traced):
    """What follows for one entity."""

    entity_name: str
    entity_type: str
    dry_run: bool
    relations_emitted: int
    proposed_relations: list[ProposedRelation]


class Elaboration(Traced):
    """What follows from what is known."""

    outcomes: list[Elaborated]
    relations_emitted: int
    dry_run: bool
