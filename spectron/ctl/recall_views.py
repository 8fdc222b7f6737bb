"""Answers, traces and findings as people read them."""

from rich.console import Group, RenderableType

from spectron.models.recall import Hit, Recalled, Reflection
from spectron.models.record import Page
from spectron.models.trace import FsckReport, Trace, TraceStats
from spectron.terminal.tables import excerpt, fields, moment, plain, rows

CANDIDATES = 20


def recalled_sheet(recalled: Recalled) -> RenderableType:
    how = recalled.tier + (f": {recalled.tier_reason}" if recalled.tier_reason else "")
    noted = {"note": recalled.note} if recalled.note else {}
    head = fields({"tier": how, "took": f"{recalled.query_ms:g} ms", "trace": recalled.trace_id} | noted)
    if not recalled.hits:
        return Group(head, "Nothing is remembered that answers this, in this scope.")
    return Group(
        head,
        rows(
            ("SCORE", "FROM", "TEXT"),
            ((f"{hit.score:.2f}", _origin(hit), excerpt(hit.text, 400)) for hit in recalled.hits),
        ),
    )


def _origin(hit: Hit) -> str:
    if hit.document_id:
        return f"{hit.title or 'document'}\n{hit.document_id}"
    return f"{hit.source}\n{moment(hit.created_at) or ''}".strip()


def reflection_sheet(reflection: Reflection) -> RenderableType:
    parts: list[RenderableType] = [plain(reflection.reflection) or "Nothing is known about this.", ""]
    cited = [one for one in reflection.citations if one.cited]
    if cited:
        sources = ((f"[{one.cite}]", _origin(one), excerpt(one.text, 200)) for one in cited)
        parts.append(rows(("#", "FROM", "TEXT"), sources))
    parts.append(fields({"model": reflection.model, "note": reflection.note, "trace": reflection.trace_id}))
    if reflection.persisted_attributes:
        kept = ((one.get("key"), one.get("value")) for one in reflection.persisted_attributes)
        parts.append(rows(("KEPT", "VALUE"), kept))
    return Group(*parts)


def trace_list(page: Page[Trace]) -> RenderableType:
    return rows(
        ("TIME", "ID", "KIND", "TIER", "MS", "QUERY"),
        (
            (moment(one.created_at), one.id, one.kind, one.tier, f"{one.duration_ms:.0f}", excerpt(one.query, 120))
            for one in page
        ),
    )


def trace_sheet(trace: Trace) -> RenderableType:
    head = fields(
        {
            "id": trace.id,
            "kind": trace.kind,
            "query": trace.query,
            "tier": trace.tier,
            "because": trace.tier_reason,
            "took": f"{trace.duration_ms:.1f} ms",
            "cached": trace.cached,
            "scope": trace.scope or "everybody",
            "by": " ".join(filter(None, (trace.principal, trace.api_key_id))) or None,
            "session": trace.session_id,
            "model": trace.model,
            "tokens": trace.token_cost or None,
            "written": trace.written,
            "returned": "\n".join(trace.returned),
            "time": trace.created_at,
        }
    )
    if not trace.candidates:
        return head
    found = (
        (one.get("id"), f"{one.get('score', 0):.3f}", {k: round(v, 3) for k, v in (one.get("signals") or {}).items()})
        for one in trace.candidates[:CANDIDATES]
    )
    return Group(head, rows(("CANDIDATE", "SCORE", "SIGNALS"), found))


def stats_sheet(stats: TraceStats) -> RenderableType:
    latency = {name.removesuffix("_ms"): value for name, value in stats.latency.items() if name.endswith("_ms")}
    head = fields(
        {
            "since": stats.since,
            "operations": stats.total,
            "questions": stats.total_queries,
            "from the cache": f"{stats.cache_hits:,} ({stats.cache_hit_rate:.1%})",
            "tokens": stats.token_cost,
            **{f"{name} ms": f"{value:.1f}" for name, value in latency.items() if isinstance(value, int | float)},
        }
    )
    tiers = rows(("TIER", "QUESTIONS"), sorted(stats.tier_counts.items()))
    kinds = rows(
        ("KIND", "COUNT", "P50 MS", "P95 MS"),
        (
            (name, each.get("count"), f"{each.get('p50_ms') or 0:.1f}", f"{each.get('p95_ms') or 0:.1f}")
            for name, each in sorted(stats.kinds.items())
        ),
    )
    return Group(head, *([tiers] if stats.tier_counts else []), *([kinds] if stats.kinds else []))


def fsck_sheet(report: FsckReport) -> RenderableType:
    head = fields(
        {
            "looked at": report.checked,
            "problems": report.count,
            "repaired": report.repaired,
            "contradictions": len(report.contradictions),
            "duplicates": len(report.duplicates),
            "injection": len(report.injection),
        }
    )
    if not report.problems:
        return head
    return Group(
        head,
        rows(
            ("PROBLEM", "ID", "WHAT", "REPAIRED"),
            ((one.kind, one.id, one.detail, one.repaired) for one in report.problems),
        ),
    )
