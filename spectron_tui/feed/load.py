"""How much the server is asked, how often it fails, and how fast it is: minute by minute, from its own counters."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families

MINUTE = timedelta(minutes=1)
KEPT = 61
"""An hour of minutes, and the one that the first of them is counted from."""
CONTEXT = "/api/v1/contexts/{context_id}"
OURS = frozenset(
    {
        "/metrics",
        *(f"/api/v1/{name}" for name in ("health", "ready", "contexts", "jobs", "events", "lifecycle/sweeps")),
        *(f"{CONTEXT}{name}" for name in ("", "/stats", "/usage", "/keys", "/audit", "/retention")),
        *(f"/api/v1/{{context_id}}/traces{name}" for name in ("", "/stats")),
    }
)
"""Routes that are read by whoever watches."""
READ = frozenset({"GET", "HEAD"})
REQUESTS, SECONDS = "spectron_http_requests_total", "spectron_http_request_seconds_bucket"
SERVER_ERRORS = "5"
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class Counters:
    """What the server had counted at a moment."""

    at: datetime
    requests: float = 0.0
    errors: float = 0.0
    buckets: tuple[tuple[float, float], ...] = ()
    """Seconds, and how many requests took no more than that."""


@dataclass(frozen=True)
class Minute:
    """The difference of two counts; None where nothing was asked."""

    per_minute: float
    error_share: float | None
    p95_ms: float | None


@dataclass(frozen=True)
class Load:
    """The last count of each minute, the latest last."""

    samples: tuple[Counters, ...] = ()

    def counting(self, newer: Counters) -> "Load":
        """With a newer count, which stands for its minute until the next one comes."""
        kept = self.samples
        if len(kept) > 1 and _minute(kept[-1].at) == _minute(newer.at):
            kept = kept[:-1]
        return Load((*kept, newer)[-KEPT:])

    @property
    def minutes(self) -> tuple[Minute, ...]:
        """From each count to the next."""
        return tuple(_between(older, newer) for older, newer in pairwise(self.samples))

    def latest(self, now: datetime) -> Minute | None:
        """About the last minute or two; None while there is but one count, or where the last one is old."""
        if len(self.samples) == 1 or not self.samples or now - self.samples[-1].at > 2 * MINUTE:
            return None
        last = self.samples[-1]
        before = [sample for sample in self.samples[:-1] if last.at - sample.at >= MINUTE]
        return _between(before[-1] if before else self.samples[0], last)

    def per_clock_minute(self, now: datetime) -> tuple[Minute | None, ...]:
        """The last hour, the latest last; None for a minute in which the server was not watched."""
        known = {_minute(sample.at): minute for sample, minute in zip(self.samples[1:], self.minutes, strict=True)}
        return tuple(known.get(_minute(now) - back) for back in reversed(range(KEPT - 1)))


def parsed(text: str, at: datetime) -> Counters:
    """The counters in a Prometheus text, all routes together but those of whoever watches."""
    requests = errors = 0.0
    buckets: defaultdict[float, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.labels.get("route") in OURS and sample.labels.get("method") in READ:
                continue
            if sample.name == REQUESTS:
                requests += sample.value
                errors += sample.value if sample.labels.get("status", "").startswith(SERVER_ERRORS) else 0.0
            elif sample.name == SECONDS:
                buckets[float(sample.labels["le"])] += sample.value
    return Counters(at, requests, errors, tuple(sorted(buckets.items())))


def _between(older: Counters, newer: Counters) -> Minute:
    if newer.requests < older.requests:
        # A server that has begun anew counts from nothing.
        older = Counters(older.at)
    asked = newer.requests - older.requests
    minutes = max((newer.at - older.at) / MINUTE, 1 / 60)
    before = dict(older.buckets)
    classes = [(bound, count - before.get(bound, 0.0)) for bound, count in newer.buckets]
    share = (newer.errors - older.errors) / asked if asked else None
    return Minute(asked / minutes, share, _percentile(classes))


def _percentile(classes: Sequence[tuple[float, float]]) -> float | None:
    """Within its class, as if the requests lay evenly in it; the last class has no end, and counts as its beginning."""
    total = classes[-1][1] if classes else 0.0
    if total <= 0:
        return None
    wanted, floor, below = NEARLY_ALL * total, 0.0, 0.0
    for bound, count in classes:
        if count >= wanted:
            if bound == float("inf") or count == below:
                return floor * 1000
            return (floor + (bound - floor) * (wanted - below) / (count - below)) * 1000
        floor, below = bound, count
    return floor * 1000


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)
