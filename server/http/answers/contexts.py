"""Answers about Contexts and their keys."""

from datetime import datetime
from typing import Any, NotRequired

from typing_extensions import TypedDict

from server.control.config import ContextConfig
from server.http.answers.common import More, Scope, Timed


class Context(Timed):
    """A Context with the configuration in force; lists leave out where each value comes from."""

    id: str
    namespace: str
    database: str
    state: str
    reason: str | None
    config: ContextConfig
    providers_configured: list[str]
    schema: dict[str, int]
    sources: NotRequired[dict[str, str]]


class Contexts(More):
    """A page of Contexts."""

    contexts: list[Context]


class Deletion(TypedDict):
    """What the deletion of a Context would take away."""

    dry_run: bool
    context: str
    namespace: str
    database: str
    tables: dict[str, int]
    keys: int
    jobs: int
    objects: int
    object_bytes: int


class Usage(TypedDict):
    """Tokens of the running month against the limit."""

    context_id: str
    period: str
    token_limit: int | None
    tokens_used: int
    percent: float | None
    resets_at: datetime


class ContextIndex(TypedDict):
    """How far a search index is, and how many chunks are in it."""

    state: str
    progress: float
    chunks: int


class Reindexing(TypedDict):
    """The job that builds a search index anew."""

    context_id: str
    job_id: str
    state: str


class Stats(TypedDict):
    """How much a Context holds."""

    context_id: str
    tables: dict[str, int]
    documents: dict[str, int]
    object_bytes: int
    index: ContextIndex


class Key(TypedDict):
    """An API key, without its secret."""

    id: str
    context_id: str
    name: str
    principal: str
    scope_floor: Scope
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    state: str


class Keys(TypedDict):
    """All keys of a Context."""

    keys: list[Key]


class MintedKey(Key):
    """A new key; `secret` is shown this once."""

    secret: str


class AuditEvent(TypedDict):
    """Something that was done or refused."""

    id: str
    kind: str
    action: str
    actor: str | None
    principal: str | None
    target: str | None
    outcome: str
    detail: dict[str, Any] | None
    source: str | None
    request_id: str | None
    count: int
    context_id: str | None
    created_at: datetime


class AuditEvents(More):
    """A page of audit events; `complete` is false where some are still being written."""

    events: list[AuditEvent]
    complete: bool
