"""Decision traces, and findings about the integrity of a Context."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Trace(Record):
    """What was asked, which tier answered, and why; one that is read alone has candidates and more in `raw`."""

    id: str
    kind: str = ""
    query_text: str = ""
    resolution_tier: str | None = None
    tier_reason: str | None = None
    cached: bool | None = None
    latency_ms: float = 0.0
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TraceStats(Record):
    """Traces of a while taken together; what else is counted is in `raw`."""

    total_queries: int = 0
    avg_latency_ms: float = 0.0
    cache_hits: int = 0
    cache_hit_rate: float = 0.0
    window_hours: float = 0.0
    tier_counts: dict[str, Any] = field(default_factory=dict)


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
