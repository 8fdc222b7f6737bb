"""How policies, sweeps and previews look on the wire."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from server.core.retention import CATEGORIES, duration_text, ttl_text
from server.retention.decay import Faded
from server.retention.preview import Comparison, Section
from server.retention.rules import Rules
from server.retention.sweeps import ContextSweep, Sweep
from server.store.engine import Row

SWEEP_FIELDS = (
    "id", "state", "dry_run", "deleted_count", "contexts", "chores", "error", "started_at", "finished_at",
)  # fmt: skip


def retention_view(context_id: str, rules: Rules) -> dict[str, Any]:
    """Every policy with where it comes from and whether it counts, and what holds where none matches."""
    defaults = [rules.default(category) for category in CATEGORIES]
    return {
        "context_id": context_id,
        "policies": [
            policy.document() | {"source": policy.source, "in_force": policy in rules.in_force}
            for policy in rules.policies
        ],
        "defaults": [
            {"memory_category": rule.category, "ttl": ttl_text(rule.ttl), "source": rule.origin} for rule in defaults
        ],
        "expired_grace": duration_text(rules.grace),
    }


def sweep_view(row: Row) -> dict[str, Any]:
    """A sweep as it was written down."""
    return {name: row.get(name) for name in SWEEP_FIELDS}


def outcome_view(sweep: Sweep) -> dict[str, Any]:
    """What a sweep did, or would do."""
    return {
        "id": None if sweep.dry_run else sweep.id,
        "dry_run": sweep.dry_run,
        "deleted_count": sweep.deleted_count,
        "contexts": [context.document() for context in sweep.contexts],
        "chores": sweep.chores,
        "started_at": sweep.started_at,
        "finished_at": sweep.finished_at,
    }


def scoped_sweep_view(report: ContextSweep, trace_id: str) -> dict[str, Any]:
    """The same for the data plane, whose clients ask for the number under another name."""
    return report.document() | {"affected": report.deleted_count, "trace_id": trace_id}


def decay_view(counted: Counter[Faded]) -> dict[str, Any]:
    by = [group._asdict() | {"count": count} for group, count in sorted(counted.items())]
    return {"affected": counted.total(), "by": by}


def comparison_view(context_id: str, comparison: Comparison) -> dict[str, Any]:
    return {
        "context_id": context_id,
        "newly_deleted": _section_view(comparison.newly_deleted),
        "no_longer_deleted": _section_view(comparison.no_longer_deleted),
        "unchanged": _section_view(comparison.unchanged),
        "warnings": [{"kind": warned.kind, "message": warned.message} for warned in comparison.warnings],
        "impact": [
            {"date": day.isoformat(), "current": now, "proposed": then}
            for day, (now, then) in comparison.by_day.items()
        ],
    }


def _section_view(section: Section) -> dict[str, Any]:
    totals: dict[str, Counter[str]] = {name: Counter() for name in ("table", "memory_category", "policy", "scope")}
    groups = []
    for group, counted in section.groups.items():
        named: Mapping[str, str] = group._asdict()
        for name, total in totals.items():
            total[named[name]] += counted.count
        samples = [
            {"id": str(sample.id), "created_at": sample.created_at, "due_at": sample.due_at}
            for sample in counted.samples
        ]
        groups.append(
            {**named, "count": counted.count, "oldest": counted.oldest, "newest": counted.newest, "samples": samples}
        )
    by_name = {f"by_{name}": dict(total.most_common()) for name, total in totals.items()}
    return {"count": section.count, "by": groups, **by_name}
