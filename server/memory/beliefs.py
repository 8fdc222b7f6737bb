"""Attributes and relations as stored: what is believed, of which time, since when, and on whose word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.vocabulary.keys import MemoryCategory
from server.store.engine import Row
from server.store.scoped import scope_of

SourceKind = Literal["turn", "document", "manual", "reflect", "consolidate", "elaborate"]
AUTHORITATIVE = frozenset({"document", "manual"})
# Above every string in the engine's order of values.
BEYOND: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a belief comes from and when it was said; `more` is what else was noted of it."""

    kind: SourceKind
    at: datetime
    more: tuple[tuple[str, Any], ...] = ()

    @property
    def authoritative(self) -> bool:
        return self.kind in AUTHORITATIVE

    def row(self) -> Row:
        return {"kind": self.kind, "at": self.at, **dict(self.more)}


@dataclass(frozen=True, slots=True)
class PastEnd:
    """The end that a belief was given at first, or later: known until `before`, None where it was open."""

    until: datetime | None
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What attributes and relations have in common."""

    id: RecordID
    scope: Scope
    memory_category: MemoryCategory
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime
    source: Source
    source_turn: RecordID | None
    retracted_at: datetime | None = None
    forgotten_at: datetime | None = None
    past_ends: tuple[PastEnd, ...] = ()
    current_key: str | None = None
    confidence: float | None = None
    importance: float | None = None
    labels: tuple[str, ...] = ()

    def end_known_at(self, instant: datetime) -> datetime | None:
        """Until when this was taken to hold, by what was known at an instant."""
        for end in self.past_ends:
            if instant < end.before:
                return end.until
        return self.valid_until

    def holds(self, as_of: datetime, known_at: datetime) -> bool:
        """Whether this was true as of one time, by what was known at another."""
        end = self.end_known_at(known_at)
        return (
            self.forgotten_at is None
            and self.created_at <= known_at
            and (self.valid_from is None or self.valid_from <= as_of)
            and (end is None or as_of < end)
        )

    def in_force(self, at: datetime) -> bool:
        """Whether this holds then or is going to, by what is known now."""
        return self.valid_until is None or self.valid_until > at


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttribute(Belief):
    """A value of an entity."""

    entity: RecordID
    key: str
    value: str
    supersedes: RecordID | None = None
    superseded_by: RecordID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRelation(Belief):
    """An edge from one entity to another."""

    subject: RecordID
    label: str
    object: RecordID
    object_names: frozenset[str] = frozenset()


AnyBelief = TypeVar("AnyBelief", bound=Belief)


def attribute_id(entity: RecordID, key: str, unique: str) -> RecordID:
    """Ids begin with entity and key, so that an entity's attributes lie side by side.

    The engine uses no index for a link to a record whose id is an array, as an entity's is.
    """
    return RecordID("attribute", [*_parts(entity), key, unique])


def attributes_of(entity: RecordID, *key: str) -> tuple[list[Any], list[Any]]:
    """The bounds of the ids of an entity's attributes, or of those with one key, for `attribute_range`."""
    prefix = [*_parts(entity), *key]
    return prefix, [*prefix, BEYOND]


def attribute_range(low: str, high: str) -> str:
    """The records between two variables that `attributes_of` has filled."""
    return f"type::record('attribute', {low}..{high})"


def attribute_from(row: Row) -> StoredAttribute:
    return StoredAttribute(
        **_common(row),
        entity=row["entity"],
        key=row["key"],
        value=row["value"],
        supersedes=row.get("supersedes"),
        superseded_by=row.get("superseded_by"),
    )


def relation_from(row: Row, object_names: frozenset[str] = frozenset()) -> StoredRelation:
    return StoredRelation(
        **_common(row), subject=row["in"], label=row["label"], object=row["out"], object_names=object_names
    )


def _parts(entity: RecordID) -> list[str]:
    return cast("list[str]", entity.id)


def _common(row: Row) -> dict[str, Any]:
    source = dict(row.get("source") or {"kind": "turn"})
    kind, at = source.pop("kind"), source.pop("at", row["created_at"])
    return {
        "id": row["id"],
        "scope": scope_of(row["scope"]),
        "memory_category": row["memory_category"],
        "valid_from": row.get("valid_from"),
        "valid_until": row.get("valid_until"),
        "created_at": row["created_at"],
        "source": Source(kind, at, tuple(sorted(source.items()))),
        "source_turn": row.get("source_turn"),
        "retracted_at": row.get("retracted_at"),
        "forgotten_at": row.get("forgotten_at"),
        "past_ends": tuple(PastEnd(end.get("until"), end["before"]) for end in row.get("past_ends") or ()),
        "current_key": row.get("current_key"),
        "confidence": row.get("confidence"),
        "importance": row.get("importance"),
        "labels": tuple(row.get("labels") or ()),
    }
