"""Answers about what is believed."""

from datetime import datetime
from typing import Any, NotRequired

from typing_extensions import TypedDict

from server.http.answers.common import Scope, Timed, Traced
from server.http.answers.traces import TraceDetail


class Entity(Timed):
    """Somebody or something."""

    id: str
    entity_type: str
    name: str
    aliases: list[str]
    memory_category: str
    importance: float
    confidence: float | None
    scope: Scope
    source_turn: str | None


class Belief(TypedDict):
    """Since when something holds, from where it is known and how surely."""

    id: str
    memory_category: str
    importance: float
    confidence: float | None
    scope: Scope
    source: str
    source_turn: str | None
    labels: list[str]
    valid_from: datetime | None
    valid_until: datetime | None
    said_at: datetime | None
    created_at: datetime
    retracted_at: datetime | None


class Attribute(Belief):
    """A value of an entity."""

    entity: str
    key: str
    value: str
    supersedes: str | None
    superseded_by: str | None


class Change(Attribute):
    """A value that took another's place."""

    old: str
    new: str


class Relation(Belief):
    """How two entities stand to each other."""

    subject: str
    label: str
    object: str


class Instruction(TypedDict):
    """How the user wants to be served."""

    id: str
    label: str
    description: str
    scope: Scope
    source_turn: str | None
    created_at: datetime


class Uncertainty(TypedDict):
    """What is in doubt, and why."""

    id: str
    about: str
    reason: str
    scope: Scope
    source_turn: str | None
    created_at: datetime


class Entities(Traced):
    """A page of entities."""

    entities: list[Entity]
    has_more: bool


class EntityDetail(Traced):
    """An entity with what is believed of it now; `entities` are those of that name in all visible scopes."""

    entity: Entity
    entities: list[Entity]
    attributes: list[Attribute]
    relations: list[Relation]


class History(Traced):
    """Every value that a key had, the newest first."""

    history: list[Attribute]


class Beliefs(TypedDict):
    """What is believed in one category of memory."""

    entities: list[Entity]
    attributes: list[Attribute]
    relations: list[Relation]


class State(Traced):
    """All that is believed at a moment."""

    identity: Beliefs
    knowledge: Beliefs
    context: Beliefs
    instructions: list[Instruction]
    unknowns: list[Uncertainty]
    truncated: bool
    as_of: datetime


class StateDiff(Traced):
    """What changed between two moments."""

    since: datetime
    until: datetime
    added: list[Attribute]
    changed: list[Change]
    ended: list[Attribute]
    relations_added: list[Relation]
    relations_ended: list[Relation]
    instructions_added: list[Instruction]
    instructions_ended: list[Instruction]
    unknowns: list[Uncertainty]
    entities_added: list[Entity]
    truncated: bool


class Profile(Traced):
    """What is known of the user."""

    user: list[Entity]
    static: list[Attribute]
    dynamic: list[Attribute]
    preferences: list[Attribute]
    relations: list[Relation]
    instructions: list[Instruction]


class Inspection(Traced):
    """All about one thing that a reference names; which fields there are depends on its `kind`."""

    kind: str
    ref: str
    current: NotRequired[list[dict[str, Any]]]
    history: NotRequired[list[dict[str, Any]]]
    entity: NotRequired[Entity]
    entities: NotRequired[list[Entity]]
    attributes: NotRequired[list[Attribute]]
    relations: NotRequired[list[Relation]]
    trace: NotRequired[TraceDetail]
