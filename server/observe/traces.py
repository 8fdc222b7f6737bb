"""Decision traces: one record of every retrieval and storage operation, written off the request's path."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from server.core.errors import QueryError, TransactionConflictError, UnprocessableError
from server.core.scope import Scope
from server.store.binding import Binding
from server.store.engine import Database
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids

MAX_BUFFERED = 10_000
BATCH = 200

# Writing the same traces twice changes nothing. A database that was dropped would come back without its schema, but
# without the table of its migrations the transaction fails first.
INSERT = f"""SELECT id FROM _migrations LIMIT 1;
{ENSURE_ATTRIBUTES}
FOR $trace IN $traces {{
    INSERT IGNORE INTO decision_trace object::extend($trace, {{ scope: <set>$trace.scope }}) RETURN NONE
}};"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Trace:
    """What was asked, how it was answered, and why."""

    id: str
    kind: str
    query: str
    scope: Scope
    created_at: datetime
    duration_ms: float
    tier: str | None = None
    tier_reason: str | None = None
    cached: bool | None = None
    model: str | None = None
    sources: Sequence[str] = ()
    candidates: Sequence[Mapping[str, Any]] = ()
    returned: Sequence[str] = ()
    written: Mapping[str, Any] = field(default_factory=dict)
    token_cost: int = 0
    api_key_id: str | None = None
    principal: str | None = None
    session_id: str | None = None
    request_id: str | None = None

    def row(self) -> dict[str, Any]:
        plain = {name: value for name, value in vars(self).items() if value is not None}
        return plain | {
            "scope": attribute_ids(self.scope),
            "sources": list(self.sources),
            "candidates": [dict(candidate) for candidate in self.candidates],
            "returned": list(self.returned),
            "written": dict(self.written),
        }


class TraceLog:
    """Gathers traces and writes them in batches, in order; none is lost on a clean stop."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Database, Trace]] = deque()
        self._writing = asyncio.Lock()
        self.written = 0
        self.dropped = 0

    @property
    def backlog(self) -> int:
        return len(self._waiting)

    def record(self, database: Database, trace: Trace) -> None:
        """Keep a trace for the next flush; when the database stays away too long, the oldest are given up."""
        if len(self._waiting) >= MAX_BUFFERED:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append((database, trace))

    async def flush(self) -> None:
        """Write everything gathered so far; what cannot be written for now stays."""
        async with self._writing:
            while self._waiting:
                database = self._waiting[0][0]
                batch = [trace for other, trace in list(self._waiting)[:BATCH] if other.binding == database.binding]
                await self._write(database, batch)
                done = {id(trace) for trace in batch}
                self._waiting = deque(entry for entry in self._waiting if id(entry[1]) not in done)

    async def discard(self, binding: Binding) -> None:
        """Give up what waits for a database that is about to be dropped; writing it would make it again."""
        async with self._writing:
            self._waiting = deque(entry for entry in self._waiting if entry[0].binding != binding)

    async def _write(self, database: Database, traces: list[Trace]) -> None:
        try:
            await self._insert(database, traces)
        except TransactionConflictError:
            raise
        except (QueryError, UnprocessableError) as error:
            if len(traces) > 1:
                for trace in traces:
                    await self._write(database, [trace])
                return
            self.dropped += 1
            log.warning("traces.refused", database=str(database.binding), trace=traces[0].id, reason=error.detail)
        else:
            self.written += len(traces)

    async def _insert(self, database: Database, traces: list[Trace]) -> None:
        attributes = {attribute for trace in traces for attribute in trace.scope}
        variables = {
            "scope_attributes": attribute_ids(frozenset(attributes)),
            "traces": [trace.row() for trace in traces],
        }
        await database.write(INSERT, variables, repeatable=True)
