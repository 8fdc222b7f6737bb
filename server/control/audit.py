"""Audit events: what was refused and what was administered; never any content."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from server.core.clock import Clock
from server.core.errors import SpectronError, TransactionConflictError, UnavailableError
from server.core.ids import Ids
from server.store.engine import Database, Row

CREATE = """CREATE type::record('audit_event', $audit.id) CONTENT object::remove($audit, 'id') RETURN NONE;"""
# Writing the same events twice, because it was not known whether they had arrived, changes nothing.
INSERT = "INSERT IGNORE INTO audit_event $events RETURN NONE"
MAX_BUFFERED = 1000

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Origin:
    """Who asked, from where, in which request."""

    actor: str | None = None
    principal: str | None = None
    on_behalf_of: str | None = None
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
        self._unwritten: list[Row] = []
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
        delegated = {"on_behalf_of": origin.on_behalf_of} if origin.on_behalf_of else {}
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
            "detail": {**(detail or {}), **delegated},
            "count": 1,
            "created_at": now,
        }

    async def record(self, event: Row) -> None:
        """Write an event of what changes nothing, and so has no transaction of its own."""
        await self._metadata.write(INSERT, {"events": [event]}, repeatable=True)

    def refused(
        self, action: str, origin: Origin, reason: str, *, context_id: str | None = None, target: str | None = None
    ) -> None:
        """Remember a refusal; equal ones of one flush become one event with a count."""
        key = (context_id, action, reason, origin.actor, origin.source, target)
        if key in self._refusals:
            self._refusals[key].count += 1
        elif len(self._refusals) + len(self._unwritten) < MAX_BUFFERED:
            event = self.event(
                "denial",
                action,
                origin,
                context_id=context_id,
                target=target,
                detail={"reason": reason},
                outcome="refused",
            )
            self._refusals[key] = _Refusal(event)
        else:
            self.dropped += 1

    async def flush(self) -> None:
        """Write the refusals gathered so far; they stay in memory while the database is away."""
        async with self._lock:
            self._unwritten += [refusal.event | {"count": refusal.count} for refusal in self._refusals.values()]
            self._refusals = {}
            if not self._unwritten:
                return
            try:
                await self._metadata.write(INSERT, {"events": self._unwritten}, repeatable=True)
            except (UnavailableError, TransactionConflictError):
                raise
            except SpectronError as error:
                self.dropped += len(self._unwritten)
                log.error("audit.refused", count=len(self._unwritten), reason=error.detail)  # noqa: TRY400  # it says all
            self._unwritten = []

    async def page(
        self, wanted: Filter, *, limit: int, cursor: str | None = None, within: Database | None = None
    ) -> list[Row]:
        """One page, newest first, beginning after the event that the cursor names; `within` a Context its own too."""
        found = await _page(self._metadata, wanted, limit, cursor)
        if within is not None:
            of_context = {"context_id": wanted.context_id}
            own = await _page(within, replace(wanted, context_id=None), limit, cursor)
            found = sorted([*found, *(row | of_context for row in own)], key=lambda row: row["id"], reverse=True)
        return found[:limit]


async def _page(database: Database, wanted: Filter, limit: int, cursor: str | None) -> list[Row]:
    conditions = ["true"]
    for name, comparison in (("context_id", "="), ("kind", "="), ("actor", "=")):
        if getattr(wanted, name) is not None:
            conditions.append(f"{name} {comparison} ${name}")
    # The cast keeps the index out, which has moments in the order of their text and loses some of the first second.
    if wanted.since:
        conditions.append("<datetime>created_at >= $since")
    if wanted.until:
        conditions.append("<datetime>created_at <= $until")
    if cursor:
        conditions.append("id < type::record('audit_event', $cursor)")
    variables = {name: getattr(wanted, name) for name in ("context_id", "kind", "actor", "since", "until")}
    return await database.rows(
        f"SELECT *, record::id(id) AS id FROM audit_event WHERE {' AND '.join(conditions)} "
        "ORDER BY id DESC LIMIT $limit",
        variables | {"cursor": cursor, "limit": limit},
    )
