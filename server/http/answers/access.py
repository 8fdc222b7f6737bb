"""Answers about who may do what, and who did."""

from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from server.http.answers.common import Scope, Traced

Grants = dict[str, list[str]]


class Caller(Traced):
    """Who asks, and what they may do."""

    principal_id: str
    display_name: str
    kind: str
    enforce: bool
    grants: Grants
    effective_grants: Grants
    delegated_principal_id: str | None
    token_grants: Grants | None


class Principal(TypedDict):
    """A key as somebody who may do something."""

    id: str
    display_name: str
    kind: str
    grants: Grants


class GivenGrants(Traced):
    """What a principal was given."""

    grants: Grants


class Effective(Traced):
    """What a principal may do on a path."""

    path: str
    verbs: list[str]
    as_of: datetime | None


class OwnKey(TypedDict):
    """A key as its Context's own callers see it."""

    id: str
    name: str
    created_at: datetime
    grants: Grants
    last_used_at: datetime | None
    valid_until: datetime | None
    revoked_at: datetime | None


class OwnMintedKey(Traced):
    """A new key; `key` is shown this once."""

    id: str
    name: str
    key: str
    grants: Grants
    valid_until: datetime | None


class Access(TypedDict):
    """An operation on what is remembered."""

    trace_id: str
    created_at: datetime
    kind: str
    operation: str
    cost: float
    latency_ms: int
    rows_touched: int
    model: str | None
    principal: str | None
    principal_kind: str | None
    session_id: str | None
    scope: Scope


class ScopedEvent(TypedDict):
    """An audit event below the key's floor."""

    id: str
    kind: str
    action: str
    actor: str | None
    principal: str | None
    outcome: str
    detail: dict[str, Any] | None
    request_id: str | None
    scope: Scope
    created_at: datetime


class Accesses(Traced):
    """What was done below the key's floor."""

    rows: list[Access]
    events: list[ScopedEvent]
