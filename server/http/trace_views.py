"""How decision traces look on the wire."""

from collections.abc import Mapping
from typing import Any

from server.core.scope import as_mapping
from server.http.memory_views import ref_text
from server.observe.traces import Trace
from server.recall.trace_statistics import Latency, Statistics
from server.recall.traces import Linked
from server.store.engine import Row
from server.store.scoped import scope_of

DIGITS = 4
EXCERPT = 300


def trace_view(row: Row) -> dict[str, Any]:
    """A trace without its candidates; the official client knows some of it by other names."""
    return {
        "id": ref_text(row["id"]),
        "kind": row.get("kind"),
        "query": row["query"],
        "query_text": row["query"],
        "tier": row.get("tier"),
        "resolution_tier": row.get("tier") or "",
        "tier_reason": row.get("tier_reason") or "",
        "cached": bool(row.get("cached")),
        "duration_ms": row["duration_ms"],
        "latency_ms": round(row["duration_ms"]),
        "sources": row.get("sources") or [],
        "returned": row.get("returned") or [],
        "written": row.get("written") or {},
        "token_cost": row.get("token_cost") or 0,
        "model": row.get("model"),
        "api_key_id": row.get("api_key_id"),
        "principal": row.get("principal"),
        "session_id": row.get("session_id"),
        "request_id": row.get("request_id"),
        "scope": as_mapping(scope_of(row["scope"])),
        "created_at": row["created_at"],
    }


def trace_detail(row: Row, linked: Linked) -> dict[str, Any]:
    """A trace in full, with what it cites."""
    return trace_view(row) | {
        "candidates": row.get("candidates") or [],
        "turns": [_turn(turn) for turn in linked.turns],
        "documents": [
            {"id": ref_text(one["id"]), "title": one["title"], "mime_type": one["mime_type"], "status": one["status"]}
            for one in linked.documents
        ],
        "entities": [{"id": ref_text(one["id"]), "type": one["type"], "name": one["name"]} for one in linked.entities],
    }


def trace_event(trace: Trace) -> dict[str, Any]:
    """What those who follow events learn of a trace."""
    return {
        "id": trace.id,
        "kind": trace.kind,
        "query": trace.query[:EXCERPT],
        "tier": trace.tier,
        "cached": bool(trace.cached),
        "duration_ms": trace.duration_ms,
        "returned": len(trace.returned),
        "token_cost": trace.token_cost,
        "model": trace.model,
        "principal": trace.principal,
        "api_key_id": trace.api_key_id,
        "session_id": trace.session_id,
        "scope": as_mapping(trace.scope),
        "created_at": trace.created_at,
    }


def statistics_view(found: Statistics) -> dict[str, Any]:
    """Statistics by our names and by those of the official client."""
    return {
        "since": found.since,
        "until": found.until,
        "window_hours": max(1, round((found.until - found.since).total_seconds() / 3600)),
        "truncated": found.truncated,
        "total": found.total,
        "total_queries": found.queries,
        "tier_counts": dict(found.tiers),
        "cache_hits": found.cache_hits,
        "cache_hit_rate": round(found.cache_rate, DIGITS),
        "avg_latency_ms": round(found.latency.mean, DIGITS),
        "latency": _latency(found.latency)
        | {"histogram": [{"up_to_ms": bound, "count": count} for bound, count in found.histogram]},
        "kinds": {kind: _latency(latency) for kind, latency in found.kinds.items()},
        "token_cost": found.tokens,
        "response_traces_total": found.generated,
        "response_traces_cached": found.generated_cached,
        "retrieval": {"total": found.queries, "empty": found.without_sources},
        "contradiction": _written(found.written, "uncertainties"),
        "supersession": _written(found.written, "corrections"),
        "source_kind_distribution": [{"kind": kind, "count": count} for kind, count in found.sources.most_common()],
    }


def _turn(turn: Row) -> dict[str, Any]:
    return {
        "id": ref_text(turn["id"]),
        "session_id": ref_text(turn["session"]),
        "role": turn["role"],
        "seq": turn["seq"],
        "text": turn["content"][:EXCERPT],
        "said_at": turn["said_at"],
    }


def _latency(latency: Latency) -> dict[str, Any]:
    return {
        "count": latency.count,
        "mean_ms": round(latency.mean, DIGITS),
        "p50_ms": latency.p50,
        "p95_ms": latency.p95,
        "p99_ms": latency.p99,
        "slowest_ms": latency.slowest,
    }


def _written(written: Mapping[str, int], name: str) -> dict[str, int]:
    return {name: written.get(name, 0)}
