"""Decision traces: one record of every retrieval and storage operation, written off the request's path."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from server.core.clock import Clock
from server.core.errors import QueryError, SpectronError, TransactionConflictError, UnprocessableError
from server.core.scope import Scope
from server.store.binding import Binding
from server.store.engine import Database
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids

MAX_BUFFERED = 10_000
# From here on, whoever causes another trace helps to write those that wait.
CROWDED = 2_000
BATCH = 200
GATHER_SECONDS = 0.25
RETRY_SECONDS = 2.0

# Writing the same traces twice changes nothing. A database that was dropped would come back without its schema, but
# without the table of its migrations the transaction fails first.
INSERT = f"""SELECT id FROM _migrations LIMIT 1;
{ENSURE_ATTRIBUTES}
FOR $trace IN $traces {{
    LET $row = object::extend($trace.row, encoding::json::decode($trace.evidence));
    INSERT IGNORE INTO decision_trace object::extend($row, {{ scope: <set>$row.scope }}) RETURN NONE
}};"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Trace:
    """What was asked, how it was answered, and why.

    `links` are the turns, documents and entities behind the sources. `context_id` is not kept with a trace: its
    database belongs to the Context.
    """

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
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    token_cost: int = 0
    api_key_id: str | None = None
    principal: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    context_id: str | None = None

    def row(self) -> dict[str, Any]:
        """Everything but the evidence."""
        apart = {"context_id", "sources", "candidates", "returned", "links"}
        plain = {name: value for name, value in vars(self).items() if value is not None and name not in apart}
        return plain | {"scope": attribute_ids(self.scope), "written": dict(self.written)}

    def evidence(self) -> str:
        """What was found, as JSON: that is many small values, which the driver would take long to encode."""
        return json.dumps(
            {
                "sources": list(self.sources),
                "candidates": [dict(candidate) for candidate in self.candidates],
                "returned": list(self.returned),
                "links": {name: list(ids) for name, ids in self.links.items()},
            }
        )


Listener = Callable[[Trace], None]


class TraceLog:
    """Gathers traces and writes them in batches, in order; none is lost on a clean stop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[tuple[Database, Trace]] = deque()
        self._writing = asyncio.Lock()
        self._any = asyncio.Event()
        self._listeners: list[Listener] = []
        self.written = 0
        self.dropped = 0

    @property
    def backlog(self) -> int:
        return len(self._waiting)

    def gauges(self) -> Mapping[str, float]:
        """How many wait, and how many were written and given up since this process began."""
        return {"waiting": float(self.backlog), "written": float(self.written), "dropped": float(self.dropped)}

    def listen(self, listener: Listener) -> None:
        """Tell somebody of each trace once it is written."""
        self._listeners.append(listener)

    def record(self, database: Database, trace: Trace) -> None:
        """Keep a trace for the next flush; when the database stays away too long, the oldest are given up."""
        if len(self._waiting) >= MAX_BUFFERED:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append((database, trace))
        self._any.set()

    async def run(self) -> None:
        """Write what comes in soon after it came in, until cancelled; while that fails, it is tried again."""
        while True:
            await self._any.wait()
            self._any.clear()
            await self._clock.sleep(GATHER_SECONDS)
            try:
                await self.flush()
            except SpectronError as error:
                log.warning("traces.not_written", waiting=self.backlog, reason=error.detail)
                self._any.set()
                await self._clock.sleep(RETRY_SECONDS)

    async def make_room(self) -> None:
        """Wait until not too many are waiting, by writing them; `UnavailableError` while that cannot be done."""
        if self.backlog >= CROWDED:
            await self.flush()

    async def flush(self) -> None:
        """Write everything gathered so far; what cannot be written for now stays."""
        async with self._writing:
            while self._waiting:
                database = self._waiting[0][0]
                batch = [trace for other, trace in list(self._waiting)[:BATCH] if other.binding == database.binding]
                kept = await self._write(database, batch)
                done = {id(trace) for trace in batch}
                self._waiting = deque(entry for entry in self._waiting if id(entry[1]) not in done)
                for trace in kept:
                    for listener in self._listeners:
                        listener(trace)

    async def discard(self, binding: Binding) -> None:
        """Give up what waits for a database that is about to be dropped; writing it would make it again."""
        async with self._writing:
            self._waiting = deque(entry for entry in self._waiting if entry[0].binding != binding)

    async def _write(self, database: Database, traces: list[Trace]) -> list[Trace]:
        """Write traces, one by one where not all can be kept; those that were."""
        try:
            await self._insert(database, traces)
        except TransactionConflictError:
            raise
        except (QueryError, UnprocessableError) as error:
            if len(traces) > 1:
                return [kept for trace in traces for kept in await self._write(database, [trace])]
            self.dropped += 1
            log.warning("traces.refused", database=str(database.binding), trace=traces[0].id, reason=error.detail)
            return []
        self.written += len(traces)
        return traces

    async def _insert(self, database: Database, traces: list[Trace]) -> None:
        attributes = {attribute for trace in traces for attribute in trace.scope}
        variables = {
            "scope_attributes": attribute_ids(frozenset(attributes)),
            "traces": [{"row": trace.row(), "evidence": trace.evidence()} for trace in traces],
        }
        await database.write(INSERT, variables, repeatable=True)
