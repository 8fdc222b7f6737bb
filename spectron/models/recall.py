"""What recall, chat and reflection answer."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.memory import Extraction
from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Hit(Record):
    """Something remembered that answers a question, with where it comes from and its score by signal."""

    id: str
    score: float
    source: str
    text: str
    scope: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    created_at: datetime | None = None
    turn_id: str | None = None
    session_id: str | None = None
    role: str | None = None
    document_id: str | None = None
    chunk_id: str | None = None
    title: str | None = None
    section: str | None = None
    entity: dict[str, str | None] | None = None
    key: str | None = None
    value: str | None = None
    signals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Recalled(Record):
    """The hits, best first, and which tier answered and why."""

    tier: str
    hits: tuple[Hit, ...] = ()
    tier_reason: str = ""
    seed_entities: tuple[str, ...] = ()
    classification_kind: str = ""
    index: str | None = None
    note: str | None = None
    query_ms: float = 0.0
    trace: dict[str, Any] = field(default_factory=dict)
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PromptBlock(Record):
    """What is known, as one text for a prompt."""

    context: str
    tokens: int = 0
    truncated: bool = False
    tier: str = ""
    sources: tuple[str, ...] = ()
    note: str | None = None
    query_ms: float = 0.0
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence(Hit):
    """A hit that an answer was written from; the answer refers to it as `[cite]`."""

    cite: int
    cited: bool = False


@dataclass(frozen=True, kw_only=True)
class Reply(Record):
    """An answer in a conversation; `model` is `offline` where no provider wrote it, and `note` may say why."""

    reply: str
    session_id: str
    trace_id: str | None = None
    model: str | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()
    tier: str | None = None
    tier_reason: str | None = None
    token_cost: int = 0
    turn_id: str | None = None
    reply_turn_id: str | None = None
    memory_updates: Extraction | None = None
    pending: bool = False


@dataclass(frozen=True, kw_only=True)
class ReplyPart(Record):
    """A piece of a reply as it is written; the last one is `done` and has the whole."""

    delta: str = ""
    done: bool = False
    whole: Reply | None = None
    session_id: str | None = None
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reflection(Record):
    """What recalled evidence says taken together, with the ids of the evidence and the hits it cites."""

    reflection: str
    evidence: tuple[str, ...] = ()
    citations: tuple[Evidence, ...] = ()
    persisted_attributes: tuple[dict[str, Any], ...] = ()
    turn_id: str | None = None
    model: str | None = None
    note: str | None = None
    tier: str | None = None
    token_cost: int = 0
    trace_id: str | None = None
