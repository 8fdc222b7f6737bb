"""What the search index is told when the text of a Context changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from surrealdb import RecordID

from server.core.scope import Scope
from server.store.engine import Database
from server.store.vectors import Vector


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk as it was committed; its id says which table it is of.

    One of a document has all its columns here, if `created_at` is among them: then no row with a vector is read again.
    """

    id: RecordID
    text: str
    vector: Vector
    scope: Scope
    section: str | None = None
    created_at: datetime | None = None


class IndexWrites(Protocol):
    """Told after the commit; what a crash keeps from it is found again in the database at the next start."""

    async def chunks_added(self, database: Database, chunks: Sequence[IndexedChunk]) -> None:
        """These chunks can be found from now on."""
        ...

    async def chunks_removed(self, database: Database, ids: Sequence[RecordID]) -> None:
        """These chunks are gone or forgotten; unknown ids are none of an index's business."""
        ...

    async def entities_changed(self, database: Database, ids: Sequence[RecordID]) -> None:
        """These were made, renamed, hidden, shown again or deleted; records of other tables among them do no harm."""
        ...


class NoIndex:
    """For an engine that searches its own tables, where a committed chunk is found already."""

    async def chunks_added(self, database: Database, chunks: Sequence[IndexedChunk]) -> None:
        """Nothing is left to do."""

    async def chunks_removed(self, database: Database, ids: Sequence[RecordID]) -> None:
        """Nothing is left to do."""

    async def entities_changed(self, database: Database, ids: Sequence[RecordID]) -> None:
        """Nothing is left to do."""
