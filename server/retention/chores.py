"""What a sweep tidies besides memories."""

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from server.core.clock import Clock
from server.store.engine import Database
from server.store.moments import between

BATCH = 500

DELETE = """LET $old = (SELECT VALUE id FROM {table} WHERE {old} LIMIT $limit);
DELETE $old RETURN NONE;
array::len($old)"""


class Chore(Protocol):
    """Something to tidy in each Context."""

    @property
    def name(self) -> str:
        """What a sweep reports it as."""
        ...

    def tidy(self, context_id: str, database: Database) -> Coroutine[Any, Any, int]:
        """Take away what nobody needs any more, and say how much that was."""
        ...


class ServerChore(Protocol):
    """Something to tidy once for the whole server."""

    @property
    def name(self) -> str:
        """What a sweep reports it as."""
        ...

    def tidy(self) -> Coroutine[Any, Any, int]:
        """Take away what nobody needs any more, and say how much that was."""
        ...


@dataclass(frozen=True)
class OldRows:
    """Rows of a table that are older than they are kept, by an indexed column."""

    name: str
    table: str
    column: str
    kept: timedelta
    clock: Clock

    async def tidy(self, context_id: str, database: Database) -> int:  # noqa: ARG002 - the same in every Context
        return await self.delete(database)

    async def delete(self, database: Database) -> int:
        """Batch after batch, until none is left."""
        old, variables = between(self.column, until=self.clock.now() - self.kept)
        text = DELETE.format(table=self.table, old=old)
        total, deleted = 0, BATCH
        while deleted == BATCH:
            *_, deleted = await database.write(text, variables | {"limit": BATCH})
            total += deleted
        return total


@dataclass(frozen=True)
class OldServerRows:
    """The same in the control plane."""

    rows: OldRows
    metadata: Database

    @property
    def name(self) -> str:
        return self.rows.name

    async def tidy(self) -> int:
        return await self.rows.delete(self.metadata)


class Prunable(Protocol):
    """A queue that forgets what has ended."""

    async def prune(self, before: datetime, *, limit: int) -> int:
        """Forget up to `limit` jobs that ended before then, and say how many."""
        ...


@dataclass(frozen=True)
class EndedJobs:
    """Jobs that are done, cancelled or dead."""

    queue: Prunable
    kept: timedelta
    clock: Clock
    name: str = "jobs"

    async def tidy(self) -> int:
        total, pruned = 0, BATCH
        while pruned == BATCH:
            pruned = await self.queue.prune(self.clock.now() - self.kept, limit=BATCH)
            total += pruned
        return total


def expired_answers(clock: Clock) -> OldRows:
    """Answers kept for requests that are sent again."""
    return OldRows("idempotency", "idempotency", "expires_at", timedelta(0), clock)


def old_traces(clock: Clock, kept: timedelta) -> OldRows:
    """Decision traces."""
    return OldRows("traces", "decision_trace", "created_at", kept, clock)


def old_sweeps(clock: Clock, kept: timedelta) -> OldRows:
    """Reports of past sweeps."""
    return OldRows("sweeps", "sweep", "started_at", kept, clock)
