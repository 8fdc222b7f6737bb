"""What is remembered, and what became of it."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Extraction(Record):
    """What a text changed in memory, each part with its `action`."""

    turn_id: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    attributes: tuple[dict[str, Any], ...] = ()
    relations: tuple[dict[str, Any], ...] = ()
    instructions: tuple[dict[str, Any], ...] = ()
    uncertainties: tuple[dict[str, Any], ...] = ()
    corrections: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Remembered(Record):
    """One thing that was remembered, or with `preview` would be."""

    mode: str
    session_id: str
    turn_id: str | None = None
    chunk_id: str | None = None
    extraction: Extraction | None = None
    preview: bool = False
    pending: bool = False
    """Whether it is stored but not understood yet, because a model's provider failed."""
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RememberedMany(Record):
    """A conversation that was remembered."""

    session_id: str
    turn_ids: tuple[str, ...] = ()
    extractions: tuple[Extraction, ...] = ()
    pending: bool = False
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChatSession(Record):
    """A conversation."""

    id: str
    created_at: datetime
    scope: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] | None = None
    turn_count: int = 0
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Turn(Record):
    """A message of a conversation; right after it was added, with what it changed."""

    id: str
    session: str
    seq: int
    role: str
    content: str
    created_at: datetime
    scope: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    memory_category: str | None = None
    occurred_at: datetime | None = None
    infer: str = "full"
    """What is derived from it; of a `quote` nothing is, not even what it would be found by."""
    extraction: Extraction | None = None
    pending: bool = False


@dataclass(frozen=True, kw_only=True)
class Forgotten(Record):
    """What was forgotten, or would be; `purged` cannot be brought back."""

    deleted: int
    would_delete: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    purged: bool = False
    dry_run: bool = False
    audit_id: str | None = None
    """By which `reinstate` brings it back."""
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reinstated(Record):
    """What lives again."""

    context_id: str
    reinstated: int
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Place(Record):
    """A place of the scope tree."""

    path: str
    scope: dict[str, str] = field(default_factory=dict)
    display_name: str | None = None
    description: str | None = None
    registered: bool = False
    created_at: datetime | None = None
    tombstoned_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ErasedPlace(Record):
    """What went with a place, or would."""

    forgotten: int
    counts: dict[str, int] = field(default_factory=dict)
    dry_run: bool = False
    trace_id: str | None = None
