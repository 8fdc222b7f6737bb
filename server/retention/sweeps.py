"""Sweeps as they are kept: what each deleted, how far it has come, and how it ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from server.control.audit import CREATE as CREATE_AUDIT
from server.control.audit import AuditLog, Origin
from server.core.clock import Clock
from server.core.ids import Ids
from server.observe.events import EventBus
from server.retention.fates import label
from server.retention.lease import Lease
from server.retention.plan import Batch
from server.retention.rules import Rules
from server.retention.tables import MemoryTable
from server.store.engine import Database, Row

State = Literal["running", "done", "failed", "interrupted"]

SAVE = """UPSERT type::record('sweep', $id) CONTENT $row RETURN NONE;"""
PAGE = "SELECT *, record::id(id) AS id FROM sweep {older} ORDER BY id DESC LIMIT $limit"
LAST_FULL = "SELECT id, started_at FROM sweep WHERE chores != {} ORDER BY id DESC LIMIT 1"
INTERRUPTED = "The process that swept ended before it was done; the next sweep goes on from there."


class Group(NamedTuple):
    """What is counted together."""

    table: str
    memory_category: str
    policy: str


@dataclass
class ContextSweep:
    """What a sweep did in one Context."""

    id: str
    counts: Counter[Group] = field(default_factory=Counter)
    chores: dict[str, int] = field(default_factory=dict)
    duration_ms: float = 0.0
    error: str | None = None

    @property
    def deleted_count(self) -> int:
        return self.counts.total()

    def count(self, rules: Rules, batch: Batch) -> None:
        """Add what a batch comes to under the first of its rule sets."""
        for record in batch.records:
            self.counts[Group(batch.table.name, record.category, label(rules, record.fates[0]))] += 1

    def count_rows(self, rules: Rules, table: MemoryTable, rows: Sequence[Row]) -> None:
        """Add what the database has counted, by rule and by whether the grace period decided."""
        for row in rows:
            rule = rules.ordered[row["rule"]]
            policy = rules.grace_label if row["graced"] else rule.label
            self.counts[Group(table.name, rule.category, policy)] += row["count"]

    def document(self) -> dict[str, Any]:
        by = [group._asdict() | {"count": count} for group, count in sorted(self.counts.items())]
        plain = {"id": self.id, "deleted_count": self.deleted_count, "by": by, "duration_ms": self.duration_ms}
        return plain | {"chores": self.chores, "error": self.error}


@dataclass
class Sweep:
    """One sweep of some Contexts."""

    id: str
    started_at: datetime
    dry_run: bool = False
    contexts: list[ContextSweep] = field(default_factory=list)
    chores: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    finished_at: datetime | None = None

    @property
    def deleted_count(self) -> int:
        return sum(context.deleted_count for context in self.contexts)

    def row(self) -> Row:
        return {
            "holder": self.id,
            "dry_run": self.dry_run,
            "deleted_count": self.deleted_count,
            "contexts": [context.document() for context in self.contexts],
            "chores": dict(self.chores),
            "error": self.error,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
        }


class SweepLog:
    """Writes sweeps down as they go, and reads them back."""

    def __init__(
        self, metadata: Database, audit: AuditLog, events: EventBus, lease: Lease, clock: Clock, ids: Ids
    ) -> None:
        self._metadata = metadata
        self._audit = audit
        self._events = events
        self._lease = lease
        self._clock = clock
        self._ids = ids

    def begin(self, *, dry_run: bool = False) -> Sweep:
        now = self._clock.now()
        return Sweep(f"{now:%Y%m%d%H%M%S%f}-{self._ids.id(8)}", now, dry_run)

    async def save(self, sweep: Sweep) -> None:
        """Note how far it has come."""
        await self._metadata.write(SAVE, {"id": sweep.id, "row": sweep.row()}, repeatable=True)
        self._tell(sweep, None, sweep.deleted_count)

    async def finish(self, sweep: Sweep, origin: Origin) -> None:
        """Note its end, with an audit event for each Context in which it deleted something."""
        sweep.finished_at = self._clock.now()
        events = [self._event(sweep, context, origin) for context in sweep.contexts if context.deleted_count]
        statements = f"{SAVE} FOR $audit IN $events {{ {CREATE_AUDIT} }}"
        await self._metadata.write(statements, {"id": sweep.id, "row": sweep.row(), "events": events})
        for context in sweep.contexts:
            if context.deleted_count:
                self._tell(sweep, context.id, context.deleted_count)
        self._tell(sweep, None, sweep.deleted_count)

    async def page(self, *, limit: int, before: str | None = None) -> list[Row]:
        """One page, newest first, beginning after the sweep of that id."""
        older = "WHERE id < type::record('sweep', $before)" if before else ""
        rows = await self._metadata.rows(PAGE.format(older=older), {"limit": limit, "before": before})
        running = await self._lease.holder()
        return [row | {"state": _state(row, running)} | _explained(row, running) for row in rows]

    async def last_full(self) -> datetime | None:
        """When the newest sweep began that went through everything, the server's own chores too."""
        row = await self._metadata.row(LAST_FULL)
        return row["started_at"] if row else None

    def _tell(self, sweep: Sweep, context_id: str | None, deleted_count: int) -> None:
        """Tell who follows events, of a Context or of the sweep as a whole."""
        state = _state(sweep.row(), sweep.id)
        self._events.publish("sweep", context_id, {"id": sweep.id, "state": state, "deleted_count": deleted_count})

    def _event(self, sweep: Sweep, context: ContextSweep, origin: Origin) -> Row:
        by_table: Counter[str] = Counter()
        for group, count in context.counts.items():
            by_table[group.table] += count
        detail = {"deleted_count": context.deleted_count, "by_table": dict(by_table), "sweep": sweep.id}
        return self._audit.event("sweep", "lifecycle.expire", origin, context_id=context.id, detail=detail)


def _state(row: Mapping[str, Any], running: str | None) -> State:
    if row.get("finished_at") is None:
        return "running" if row["holder"] == running else "interrupted"
    return "failed" if row.get("error") or any(context.get("error") for context in row["contexts"]) else "done"


def _explained(row: Mapping[str, Any], running: str | None) -> dict[str, str]:
    return {"error": INTERRUPTED} if _state(row, running) == "interrupted" else {}
