"""Answers about decision traces."""

from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from server.http.answers.common import More, Scope, Traced


class Trace(TypedDict):
    """How an operation was answered; `query_text`, `resolution_tier`, `latency_ms` repeat a field by another name."""

    id: str
    kind: str | None
    query: str
    query_text: str
    tier: str | None
    resolution_tier: str
    tier_reason: str
    cached: bool
    duration_ms: float
    latency_ms: int
    sources: list[str]
    returned: list[str]
    written: dict[str, Any]
    token_cost: int
    model: str | None
    api_key_id: str | None
    principal: str | None
    session_id: str | None
    request_id: str | None
    scope: Scope
    created_at: datetime


class Traces(More, Traced):
    """A page of traces, the newest first."""

    traces: list[Trace]


class Candidate(TypedDict):
    """A record that was considered, with its score by signal."""

    id: str
    score: float
    signals: dict[str, float]


class CitedTurn(TypedDict):
    """A turn that a trace cites, cut to its beginning."""

    id: str
    session_id: str
    role: str
    seq: int
    text: str
    said_at: datetime


class CitedDocument(TypedDict):
    """A document that a trace cites."""

    id: str
    title: str
    mime_type: str
    status: str


class CitedEntity(TypedDict):
    """An entity that a trace cites."""

    id: str
    type: str
    name: str


class TraceDetail(Trace):
    """A trace in full."""

    candidates: list[Candidate]
    turns: list[CitedTurn]
    documents: list[CitedDocument]
    entities: list[CitedEntity]


class Latency(TypedDict):
    """How long operations took."""

    count: int
    mean_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    slowest_ms: float


class HistogramBar(TypedDict):
    """How many took up to so long; the last has no bound."""

    up_to_ms: float | None
    count: int


class LatencyHistogram(Latency):
    """How long operations took, and how many how long."""

    histogram: list[HistogramBar]


class SourceCount(TypedDict):
    """How many sources were of a kind."""

    kind: str
    count: int


class TraceStats(Traced):
    """Figures of all operations in a time."""

    since: datetime
    until: datetime
    window_hours: int
    truncated: bool
    total: int
    total_queries: int
    tier_counts: dict[str, int]
    cache_hits: int
    cache_hit_rate: float
    avg_latency_ms: float
    latency: LatencyHistogram
    kinds: dict[str, Latency]
    token_cost: int
    response_traces_total: int
    response_traces_cached: int
    retrieval: dict[str, int]
    contradiction: dict[str, int]
    supersession: dict[str, int]
    source_kind_distribution: list[SourceCount]
