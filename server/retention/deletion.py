"""Deletes what is due, a page or some chains at a time, each in one transaction that also finds it."""

from collections.abc import Sequence
from dataclasses import dataclass

from surrealdb import RecordID

from server.core.errors import FencedError, ThrownError
from server.index.writes import IndexWrites
from server.retention.queries import Conditions
from server.retention.streams import Cursor, Stream
from server.store.engine import Database, Row

CHANGED = "changed"
FENCED = "fenced"

GUARD = f"IF (type::record('sweep_fence', 'sweep').fence ?? 0) > $fence {{ THROW '{FENCED}' }};"
ENTER = f"{GUARD} UPSERT type::record('sweep_fence', 'sweep') SET fence = $fence RETURN NONE"
HIGHEST = "RETURN type::record('sweep_fence', 'sweep').fence ?? 0"


@dataclass(frozen=True)
class Deleted:
    """What became of a page: how many went under which rule, and the heads of chains that are still to be judged."""

    counts: Sequence[Row]
    heads: list[Row]
    following: Cursor | None


@dataclass(frozen=True)
class Deletion:
    """Deletes on behalf of the sweep that a fence stands for."""

    index: IndexWrites
    fence: int

    async def enter(self, database: Database) -> None:
        """Shut out sweeps that began before this one."""
        try:
            await database.write(ENTER, {"fence": self.fence}, repeatable=True)
        except ThrownError as error:
            raise await _fenced(database) from error

    async def page(
        self, database: Database, conditions: Conditions, stream: Stream, cursor: Cursor, *, limit: int
    ) -> Deleted:
        """Delete what is due of one page."""
        values = conditions.variables(fence=self.fence, category=stream.category, **cursor.variables(limit))
        try:
            *_, done = await database.write(GUARD + conditions.deletion(stream), values)
        except ThrownError as error:
            raise await _fenced(database) from error
        if done["ids"]:
            tell = self.index.entities_changed if stream.table.name == "entity" else self.index.chunks_removed
            await tell(database, done["ids"])
        return Deleted(done["counts"], done["heads"], Cursor.following(stream, done["page"], limit))

    async def chains(self, database: Database, conditions: Conditions, ids: Sequence[RecordID]) -> bool:
        """Delete whole chains of values; False, and nothing is deleted, if something in them is not due any more."""
        text = f"""{GUARD}
        IF array::len({conditions.still_due()}) != array::len($ids) {{ THROW '{CHANGED}' }};
        IF !array::is_empty({conditions.left_behind()}) {{ THROW '{CHANGED}' }};
        DELETE $ids RETURN NONE"""
        try:
            await database.write(text, conditions.variables(ids=list(ids), fence=self.fence))
        except ThrownError as error:
            if error.thrown == CHANGED:
                return False
            raise await _fenced(database) from error
        return True


async def _fenced(database: Database) -> FencedError:
    (highest,) = await database.read(HIGHEST)
    return FencedError(int(highest))
