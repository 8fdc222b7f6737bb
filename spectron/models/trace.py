"""Decision traces, and findings about the integrity of a Context."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Trace(Record):
    """What was asked or written, which tier answered, and why; read alone, with the candidates and what is cited."""

    id: str
    kind: str | None = None
    query: str = ""
    tier: str | None = None
    tier_reason: str | None = None
    cached: bool | None = None
    duration_ms: float = 0.0
    created_at: datetime | None = None
    sources: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    written: dict[str, Any] = field(default_factory=dict)
    token_cost: int = 0
    model: str | None = None
    api_key_id: str | None = None
    principal: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    scope: dict[str, str] = field(default_factory=dict)
    candidates: tuple[dict[str, Any], ...] = ()
    turns: tuple[dict[str, Any], ...] = ()
    documents: tuple[dict[str, Any], ...] = ()
    entities: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class TraceStats(Record):
    """Traces of a while taken together: tiers, cache, latency by percentile and by kind."""

    total: int = 0
    total_queries: int = 0
    tier_counts: dict[str, int] = field(default_factory=dict)
    cache_hits: int = 0
    cache_hit_rate: float = 0.0
    avg_latency_ms: float = 0.0
    latency: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, dict[str, Any]] = field(default_factory=dict)
    token_cost: int = 0
    since: datetime | None = None
    until: datetime | None = None
    window_hours: float = 0.0
    truncated: bool = False


@dataclass(frozen=True, kw_only=True)
class Problem(Record):
    """Something that does not fit: what kind of thing, which one, and in what way."""

    kind: str
    id: str
    detail: str = ""
    repaired: bool | None = None


@dataclass(frozen=True, kw_only=True)
class FsckReport(Record):
    """What was looked at in a Context, what is wrong with it, and what looks doubtful."""

    checked: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    count: int = 0
    """How many problems there are, also those beyond `max_results`."""
    repaired: int = 0
    total: int = 0
    contradictions: tuple[dict[str, Any], ...] = ()
    duplicates: tuple[dict[str, Any], ...] = ()
    injection: tuple[dict[str, Any], ...] = ()
    trace_id: str | None = None
