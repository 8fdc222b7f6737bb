"""Answers from memory."""

from datetime import datetime
from typing import NotRequired

from typing_extensions import TypedDict

from server.http.answers.common import EntityName, Scope, Traced
from server.http.answers.memory import AttributeMade, Learned


class Hit(TypedDict):
    """A passage or a fact that answers; which ids it has depends on its `source`."""

    id: str
    score: float
    source: str
    text: str
    scope: Scope
    created_at: datetime
    labels: list[str]
    signals: NotRequired[dict[str, float]]
    document_id: NotRequired[str]
    chunk_id: NotRequired[str]
    title: NotRequired[str]
    section: NotRequired[str | None]
    turn_id: NotRequired[str]
    session_id: NotRequired[str]
    role: NotRequired[str]
    key: NotRequired[str]
    value: NotRequired[str]
    entity: NotRequired[EntityName]


class TraceSummary(TypedDict):
    """The trace in short."""

    tier: str
    tier_reason: str
    mode: str
    index: str
    candidates: int


class Recalled(Traced):
    """What is remembered that answers, the best first; `note` says why, if it was found by words alone."""

    tier: str
    tier_reason: str
    hits: list[Hit]
    seed_entities: list[str]
    classification_kind: str
    index: str
    note: str | None
    query_ms: int
    trace: TraceSummary


class ContextBlock(Traced):
    """What is remembered as a text for a prompt; `note` says why, if it was found by words alone."""

    context: str
    tokens: int
    truncated: bool
    tier: str
    sources: list[str]
    note: str | None
    query_ms: int


class Evidence(Hit):
    """A hit with its number in the reply."""

    cite: int
    cited: bool


class ChatReply(Traced):
    """A reply with the evidence that it cites, and what was learnt from the message."""

    reply: str
    session_id: str
    turn_id: str
    reply_turn_id: str | None
    model: str
    note: str | None
    evidence: list[Evidence]
    tier: str
    tier_reason: str
    token_cost: int
    memory_updates: Learned | None
    pending: bool


class Reflection(Traced):
    """The evidence about a question, drawn together."""

    reflection: str
    evidence: list[str]
    citations: list[Evidence]
    persisted_attributes: list[AttributeMade]
    turn_id: str | None
    model: str
    note: str | None
    tier: str
    token_cost: int
