"""What the traces of a stretch of time add up to."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import get_args

from server.core.visibility import Visibility
from server.recall.hits import Tier
from server.recall.trace_times import TRACES, during
from server.store.engine import Database, Row
from server.store.scoped import confined

MOST_COUNTED = 10_000
# Upper bounds of the histogram's classes, in milliseconds; what is slower than the last is in a class of its own.
BOUNDS = (1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10_000.0)
GENERATED = frozenset({"chat", "reflect"})
SOURCE_KINDS = {
    "turn": "turn",
    "memory_chunk": "turn",
    "knowledge_chunk": "document",
    "attribute": "fact",
    "relates_to": "fact",
}
COUNTED = """SELECT kind, tier, cached, duration_ms, token_cost, sources, written, created_at,
    time::micros(created_at) AS at FROM {traces} WHERE {between} AND {within} ORDER BY at DESC LIMIT $limit"""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long operations took, in milliseconds."""

    count: int
    mean: float
    p50: float
    p95: float
    p99: float
    slowest: float

    @classmethod
    def of(cls, durations: Sequence[float]) -> "Latency":
        ordered = sorted(durations)
        if not ordered:
            return cls(0, 0.0, 0.0, 0.0, 0.0, 0.0)
        p50, p95, p99 = (percentile(ordered, share) for share in (0.5, 0.95, 0.99))
        return cls(len(ordered), sum(ordered) / len(ordered), p50, p95, p99, ordered[-1])


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts and times of the traces from `since` on; with `truncated`, of the latest of them alone.

    A query is what was asked of recall: it was answered from the cache or was not.
    """

    since: datetime
    until: datetime
    truncated: bool
    total: int
    tiers: Mapping[str, int]
    cache_hits: int
    generated: int
    generated_cached: int
    tokens: int
    latency: Latency
    histogram: Sequence[tuple[float | None, int]]
    kinds: Mapping[str, Latency]
    sources: Counter[str]
    without_sources: int
    written: Counter[str] = field(default_factory=Counter)

    @property
    def queries(self) -> int:
        """How often recall was asked."""
        return sum(self.tiers.values())

    @property
    def cache_rate(self) -> float:
        return self.cache_hits / self.queries if self.queries else 0.0


async def statistics(
    database: Database, visibility: Visibility, since: datetime, until: datetime, *, most: int = MOST_COUNTED
) -> Statistics:
    """Add up what a caller may see, the newest of it where that is more than `most`."""
    within, variables = confined(visibility)
    between, bounds = during(since, until)
    text = COUNTED.format(traces=TRACES, between=between, within=within)
    rows = await database.rows(text, variables | bounds | {"limit": most + 1})
    truncated = len(rows) > most
    rows = rows[:most]
    return _added_up(rows, rows[-1]["created_at"] if truncated else since, until, truncated=truncated)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the values that at least that share of all does not exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def histogram(durations: Sequence[float]) -> list[tuple[float | None, int]]:
    """How many values each class holds, with its upper bound."""
    counted = Counter(next((bound for bound in BOUNDS if value <= bound), None) for value in durations)
    return [(bound, counted[bound]) for bound in (*BOUNDS, None)]


def _added_up(rows: Sequence[Row], since: datetime, until: datetime, *, truncated: bool) -> Statistics:
    by_kind: dict[str, list[float]] = defaultdict(list)
    tiers = Counter[str](dict.fromkeys(get_args(Tier), 0))
    written, sources = Counter[str](), Counter[str]()
    for row in rows:
        by_kind[str(row.get("kind"))].append(row["duration_ms"])
        written.update({name: count for name, count in (row.get("written") or {}).items() if isinstance(count, int)})
        sources.update(SOURCE_KINDS.get(source.partition(":")[0], "other") for source in row.get("sources") or ())
    recalled = [row for row in rows if row.get("tier") and row.get("cached") is not None]
    tiers.update(row["tier"] for row in recalled)
    generated = [row for row in rows if row.get("kind") in GENERATED]
    durations = [row["duration_ms"] for row in rows]
    return Statistics(
        since=since,
        until=until,
        truncated=truncated,
        total=len(rows),
        tiers=tiers,
        cache_hits=sum(bool(row.get("cached")) for row in recalled),
        generated=len(generated),
        generated_cached=sum(bool(row.get("cached")) for row in generated),
        tokens=sum(row.get("token_cost") or 0 for row in rows),
        latency=Latency.of(durations),
        histogram=histogram(durations),
        kinds={kind: Latency.of(values) for kind, values in sorted(by_kind.items())},
        sources=sources,
        without_sources=sum(not row.get("sources") for row in recalled),
        written=written,
    )
