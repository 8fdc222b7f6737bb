"""Contexts and what is measured in them."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Context(Record):
    """A unit of isolation: its own database, keys and configuration."""

    id: str
    namespace: str
    database: str
    state: str
    reason: str | None = None
    """Why the Context can't be used, where it can't."""
    created_at: datetime
    updated_at: datetime | None = None
    config: dict[str, Any] = field(default_factory=dict)
    """What is in force: the Context's own values over the server's defaults."""
    sources: dict[str, str] = field(default_factory=dict)
    """Where each value in force comes from, by dotted key: `context`, `server` or `default`. Lists leave it out."""
    providers_configured: tuple[str, ...] = ()
    schema: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DeletionPreview(Record):
    """What deleting a Context would remove."""

    context: str
    namespace: str
    database: str
    tables: dict[str, int]
    keys: int
    jobs: int
    objects: int
    object_bytes: int


@dataclass(frozen=True, kw_only=True)
class Usage(Record):
    """Tokens a Context has used in one month."""

    context_id: str
    period: str
    tokens_used: int
    token_limit: int | None = None
    percent: float | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Stats(Record):
    """How much a Context holds."""

    context_id: str
    tables: dict[str, int]
    documents: dict[str, int]
    object_bytes: int
    index: dict[str, Any] = field(default_factory=dict)
