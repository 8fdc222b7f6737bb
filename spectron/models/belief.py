"""What is believed: entities, their attributes and relations, now or as of another time."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Entity(Record):
    """Who or what is remembered."""

    id: str
    entity_type: str
    name: str
    aliases: tuple[str, ...] = ()
    memory_category: str = ""
    importance: float = 0.0
    confidence: float | None = None
    scope: dict[str, str] = field(default_factory=dict)
    source_turn: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Belief(Record):
    """What holds for every statement: since when, until when, from where, how surely."""

    id: str
    memory_category: str = ""
    importance: float = 0.0
    confidence: float | None = None
    scope: dict[str, str] = field(default_factory=dict)
    source: str | None = None
    source_turn: str | None = None
    labels: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    said_at: datetime | None = None
    created_at: datetime | None = None
    retracted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Attribute(Belief):
    """A value of a key of an entity, written `Type/name`."""

    entity: str
    key: str
    value: str
    supersedes: str | None = None
    superseded_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change(Attribute):
    """An attribute that has another value than before."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Relation(Belief):
    """How two entities, written `Type/name`, belong together."""

    subject: str
    label: str
    object: str


@dataclass(frozen=True, kw_only=True)
class Note(Record):
    """An instruction with its `description`, or a doubt `about` something with its `reason`."""

    id: str
    label: str | None = None
    description: str | None = None
    about: str | None = None
    reason: str | None = None
    scope: dict[str, str] = field(default_factory=dict)
    source_turn: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EntityDetail(Record):
    """An entity with what is believed of it; several scopes may each have one of the name."""

    entity: Entity
    entities: tuple[Entity, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Beliefs(Record):
    """The memories of one category."""

    entities: tuple[Entity, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class State(Record):
    """All that is believed, by category."""

    identity: Beliefs
    knowledge: Beliefs
    context: Beliefs
    instructions: tuple[Note, ...] = ()
    unknowns: tuple[Note, ...] = ()
    truncated: bool = False
    as_of: datetime | None = None
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class StateDiff(Record):
    """What changed between two moments."""

    since: datetime
    until: datetime
    added: tuple[Attribute, ...] = ()
    changed: tuple[Change, ...] = ()
    ended: tuple[Attribute, ...] = ()
    relations_added: tuple[Relation, ...] = ()
    relations_ended: tuple[Relation, ...] = ()
    instructions_added: tuple[Note, ...] = ()
    instructions_ended: tuple[Note, ...] = ()
    unknowns: tuple[Note, ...] = ()
    entities_added: tuple[Entity, ...] = ()
    truncated: bool = False
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Profile(Record):
    """What is known of the scope's user: what stays, what changes, what they like and asked for."""

    user: tuple[Entity, ...] = ()
    static: tuple[Attribute, ...] = ()
    dynamic: tuple[Attribute, ...] = ()
    preferences: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()
    instructions: tuple[Note, ...] = ()
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Inspection(Record):
    """One thing in full; which fields `raw` has besides depends on its kind."""

    kind: str
    ref: str
    entity: Entity | None = None
    current: tuple[dict[str, Any], ...] = ()
    history: tuple[dict[str, Any], ...] = ()
    trace: dict[str, Any] | None = None
    trace_id: str | None = None
