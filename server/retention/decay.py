"""Decay: facts matter less with every day, until something makes them matter again. Nothing is deleted by it."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from server.core.clock import Clock
from server.core.importance import INITIAL, KEPT_A_DAY
from server.core.scope import EMPTY, Scope
from server.store.engine import Database
from server.store.scoped import attribute_ids

DAY = timedelta(days=1)
BATCH = 500
TABLES = ("attribute", "relates_to")
FADING = [category for category, kept in KEPT_A_DAY.items() if kept < 1]

SINCE = "(decayed_at ?? created_at)"
PAGE = """SELECT id FROM {source} WHERE memory_category IN $fading AND valid_until = NONE
    AND scope CONTAINSALL $within {due} ORDER BY id LIMIT $limit"""
LESS = "importance = (importance ?? $initial[memory_category]) * math::pow($kept[memory_category], {days})"
CATCH_UP = f"""UPDATE $ids SET {LESS.format(days=f"duration::days($now - {SINCE})")},
    decayed_at = {SINCE} + duration::from_days(duration::days($now - {SINCE}))
    WHERE {SINCE} <= $yesterday RETURN VALUE memory_category"""
ONE_STEP = f"UPDATE $ids SET {LESS.format(days=1)} RETURN VALUE memory_category"


class Faded(NamedTuple):
    """What is counted together."""

    table: str
    memory_category: str


@dataclass(frozen=True)
class Decay:
    """Lowers the importance of facts that hold, by the part that their category loses in a day."""

    clock: Clock

    async def catch_up(self, database: Database) -> Counter[Faded]:
        """Take into account every whole day since each fact was last looked at, however long ago that was."""
        return await self._fade(database, CATCH_UP, EMPTY, due=f"AND {SINCE} <= $yesterday")

    async def step(self, database: Database, within: Scope = EMPTY) -> Counter[Faded]:
        """Take away one day's part now, besides what the days take; of facts whose scope contains `within`."""
        return await self._fade(database, ONE_STEP, within)

    async def _fade(self, database: Database, update: str, within: Scope, *, due: str = "") -> Counter[Faded]:
        counted: Counter[Faded] = Counter()
        now = self.clock.now()
        variables = {
            "now": now,
            "yesterday": now - DAY,
            "fading": FADING,
            "initial": dict(INITIAL),
            "kept": dict(KEPT_A_DAY),
            "within": attribute_ids(within),
        }
        for table in TABLES:
            async for ids in _pages(database, table, due, variables):
                (categories,) = await database.write(update, variables | {"ids": ids})
                counted.update(Faded(table, category) for category in categories)
                await self.clock.sleep(0)
        return counted


async def _pages(database: Database, table: str, due: str, variables: dict[str, Any]) -> AsyncIterator[list[Any]]:
    """The ids of the rows to update, in their order, so that each is met once."""
    after: Any = None
    while True:
        source = table if after is None else f"type::record('{table}', $after>..)"
        text = PAGE.format(source=source, due=due)
        rows = await database.rows(text, variables | {"after": after, "limit": BATCH})
        if rows:
            yield [row["id"] for row in rows]
        if len(rows) < BATCH:
            return
        after = rows[-1]["id"].id
