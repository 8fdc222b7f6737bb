"""Who may do what, and who did."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Principal(Record):
    """A key as somebody who may do something: places of the scope tree by what is allowed there."""

    id: str
    display_name: str
    kind: str
    grants: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Caller(Record):
    """Whoever the key in use stands for."""

    principal_id: str
    display_name: str
    kind: str
    effective_grants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    delegated_principal_id: str | None = None
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Access(Record):
    """An operation on what is remembered; its `trace_id` leads to all of it."""

    trace_id: str
    created_at: datetime
    kind: str
    operation: str | None = None
    rows_touched: int = 0
    cost: float = 0.0
    latency_ms: int = 0
    model: str | None = None
    principal: str | None = None
    principal_kind: str | None = None
    session_id: str | None = None
    scope: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ScopedEvent(Record):
    """Something that was forgotten or erased in a scope, by whom; never what."""

    id: str
    kind: str
    action: str
    outcome: str
    created_at: datetime
    actor: str | None = None
    principal: str | None = None
    detail: Any = None
    request_id: str | None = None
    scope: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Accesses(Record):
    """What was read and written in the key's sight, and what was forgotten there; each the newest first."""

    rows: tuple[Access, ...]
    events: tuple[ScopedEvent, ...] = ()
    trace_id: str | None = None
