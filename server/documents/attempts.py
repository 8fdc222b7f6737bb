"""Who may write a document: its latest attempt, and no earlier one that woke up again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core.clock import Clock
from server.core.ids import Ids
from server.documents.catalogue import DELETION, LIVE, SELECT, record
from server.documents.document import Document, Status
from server.store.engine import Database

SUPERSEDED = "superseded"


def held(assignments: str = "") -> str:
    """The first statements of a transaction that only the latest attempt may make.

    They leave the document's scope in `$scope`, and assign more to the document if asked. Because all of them write the
    document, none overlaps with another, nor with a change of the scope.
    """
    return f"""LET $held = (UPDATE $document SET updated_at = $now{assignments}
    WHERE attempt = $attempt RETURN VALUE scope);
IF array::len($held) = 0 {{ THROW '{SUPERSEDED}' }};
LET $scope = $held[0];"""


BEGIN = f"""LET $before = ({SELECT} $document);
UPDATE $document SET attempt = $attempt, status = 'extracting', error = NONE, processing_started_at = $now,
    processing_completed_at = NONE, updated_at = $now WHERE {LIVE} AND status != 'ready' RETURN NONE;
$before"""


@dataclass(frozen=True)
class Attempt:
    """One processing of a document, and the version that it makes."""

    id: str
    document: Document
    version: int

    @property
    def variables(self) -> dict[str, Any]:
        return {"document": record(self.document.id), "attempt": self.id, "version": self.version}

    @property
    def first(self) -> bool:
        """Whether nobody has written a chunk of this document yet."""
        return self.document.attempt is None and self.document.chunk_count is None


class Attempts:
    """Begins attempts and notes how far they come; a document that is gone or taken over raises `ThrownError`."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    def now(self) -> datetime:
        return self._clock.now()

    async def begin(self, database: Database, document_id: str) -> Attempt | None:
        """Take a document over; None if there is nothing to do for it."""
        attempt_id = self._ids.id()
        variables = {"document": record(document_id), "attempt": attempt_id, "now": self._clock.now()}
        rows = (await database.write(BEGIN, variables, repeatable=True))[-1]
        before = Document.of(rows[0]) if rows else None
        if before is None or before.status == "ready" or before.attempt == DELETION:
            return None
        return Attempt(attempt_id, before, before.next_version)

    async def enter(self, database: Database, attempt: Attempt, status: Status) -> None:
        await self.write(database, attempt, held(", status = $status"), {"status": status})

    async def wait(self, database: Database, attempt: Attempt, reason: str) -> None:
        """Note that another attempt follows, and why it takes one."""
        await self.write(database, attempt, held(", status = 'queued', error = $reason"), {"reason": reason})

    async def fail(self, database: Database, attempt: Attempt, reason: str) -> None:
        """Note that no attempt will succeed, in words that a person can act on."""
        text = held(", status = 'failed', error = $reason, processing_completed_at = $now")
        await self.write(database, attempt, text, {"reason": reason})

    async def write(self, database: Database, attempt: Attempt, text: str, variables: dict[str, Any]) -> list[Any]:
        """A transaction that begins with `held`; doing it twice must change nothing more."""
        return await database.write(text, attempt.variables | {"now": self._clock.now()} | variables, repeatable=True)
