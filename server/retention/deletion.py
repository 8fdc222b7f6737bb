"""Deletes a batch in one transaction, if everything in it is still due."""

from dataclasses import dataclass

from server.core.errors import ConflictError, ThrownError
from server.index.writes import IndexWrites
from server.retention.plan import Batch
from server.retention.queries import Conditions
from server.store.engine import Database

CHANGED = "changed"
FENCED = "fenced"

ENTER = f"""IF (type::record('sweep_fence', 'sweep').fence ?? 0) > $fence {{ THROW '{FENCED}' }};
UPSERT type::record('sweep_fence', 'sweep') SET fence = $fence RETURN NONE"""
GUARD = f"IF (type::record('sweep_fence', 'sweep').fence ?? 0) > $fence {{ THROW '{FENCED}' }};"
HIGHEST = "RETURN type::record('sweep_fence', 'sweep').fence ?? 0"


class FencedError(ConflictError):
    """Another sweep has begun here since, under the fence `highest`; this one must stop."""

    def __init__(self, highest: int) -> None:
        super().__init__("Another sweep has begun since; what this one left will be deleted by that one.")
        self.highest = highest


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
            raise FencedError(await highest_fence(database)) from error

    async def delete(self, database: Database, conditions: Conditions, batch: Batch) -> bool:
        """Delete all of a batch; False, and nothing is deleted, if something in it is not due any more."""
        ids = batch.ids
        try:
            await database.write(_text(conditions, batch), conditions.variables(ids=ids, fence=self.fence))
        except ThrownError as error:
            if error.thrown == CHANGED:
                return False
            raise FencedError(await highest_fence(database)) from error
        if batch.table.name == "memory_chunk":
            await self.index.chunks_removed(database, ids)
        return True


async def highest_fence(database: Database) -> int:
    (highest,) = await database.read(HIGHEST)
    return int(highest)


def _text(conditions: Conditions, batch: Batch) -> str:
    table = batch.table
    unlinked = "".join(
        f"UPDATE {name} SET source_turn = NONE WHERE source_turn IN $ids RETURN NONE;" for name in table.linked
    )
    return f"""{GUARD}
    IF array::len({conditions.still_due(table)}) != array::len($ids) {{ THROW '{CHANGED}' }};
    {unlinked}
    DELETE $ids RETURN NONE"""
