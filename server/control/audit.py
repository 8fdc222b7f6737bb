"""Audit events: what was refused and what was administered; never any content."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core.clock import Clock
from server.core.errors import UnavailableError
from server.core.ids import Ids
from server.store.engine import Database, Row

CREATE = """CREATE type::record('audit_event', $audit.id) CONTENT object::remove($audit, 'id') RETURN NONE;"""
MAX_BUFFERED = 1000


@dataclass(frozen=True)
class Origin:
    """Who asked, from where, in which request."""

    actor: str | None = None
    principal: str | None = None
    source: str | None = None
    request_id: str | None = None


SYSTEM = Origin(actor="system")


@dataclass(frozen=True)
class Filter:
    """Which events to list, newest first."""

    context_id: str | None = None
    kind: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass
class _Refusal:
    event: dict[str, Any]
    count: int = 1


class AuditLog:
    """Administration is recorded in the transaction that does it; refusals are gathered and written in batches."""

    def __init__(self, metadata: Database, clock: Clock, ids: Ids) -> None:
        self._metadata = metadata
        self._clock = clock
        self._ids = ids
        self._refusals: dict[tuple[str | None, ...], _Refusal] = {}
        self._lock = asyncio.Lock()
        self.dropped = 0

    def event(
        self,
        kind: str,
        action: str,
        origin: Origin,
        *,
        context_id: str | None = None,
        target: str | None = None,
        detail: Mapping[str, Any] | None = None,
        outcome: str = "done",
    ) -> dict[str, Any]:
        """The `$audit` variable of a transaction that includes `CREATE`."""
        now = self._clock.now()
        return {
            "id": f"{now:%Y%m%d%H%M%S%f}-{self._ids.id(8)}",
            "context_id": context_id,
            "kind": kind,
            "action": action,
            "actor": origin.actor,
            "principal": origin.principal,
            "source": origin.source,
            "request_id": origin.request_id,
            "target": target,
            "outcome": outcome,
            "detail": dict(detail or {}),
            "count": 1,
            "created_at": now,
        }

    def refused(self, action: str, origin: Origin, reason: str, *, context_id: str | None = None) -> None:
        """Remember a refusal; equal ones of one flush become one event with a count."""
        key = (context_id, action, reason, origin.actor, origin.source)
        if key in self._refusals:
            self._refusals[key].count += 1
        elif len(self._refusals) < MAX_BUFFERED:
            event = self.event("denial", action, origin, context_id=context_id, outcome="refused")
            self._refusals[key] = _Refusal(event | {"detail": {"reason": reason}})
        else:
            self.dropped += 1

    async def flush(self) -> None:
        """Write the refusals gathered so far; they stay in memory when the database is away."""
        async with self._lock:
            gathered, self._refusals = self._refusals, {}
            if not gathered:
                return
            events = [refusal.event | {"count": refusal.count} for refusal in gathered.values()]
            statement = "FOR $audit IN $events { " + CREATE + " };"
            try:
                await self._metadata.write(statement, {"events": events}, repeatable=False)
            except UnavailableError:
                self._refusals = gathered | self._refusals
                raise

    async def page(self, wanted: Filter, *, limit: int, cursor: str | None = None) -> list[Row]:
        """One page, newest first, beginning after the event that the cursor names."""
        conditions = ["true"]
        for name, comparison in (("context_id", "="), ("kind", "="), ("actor", "=")):
            if getattr(wanted, name) is not None:
                conditions.append(f"{name} {comparison} ${name}")
        if wanted.since:
            conditions.append("created_at >= $since")
        if wanted.until:
            conditions.append("created_at <= $until")
        if cursor:
            conditions.append("id < type::record('audit_event', $cursor)")
        variables = {name: getattr(wanted, name) for name in ("context_id", "kind", "actor", "since", "until")}
        return await self._metadata.rows(
            f"SELECT *, record::id(id) AS id FROM audit_event WHERE {' AND '.join(conditions)} "
            "ORDER BY id DESC LIMIT $limit",
            variables | {"cursor": cursor, "limit": limit},
        )
