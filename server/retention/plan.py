"""What is going to be deleted: records that are due, page by page, in the order in which a sweep takes them."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surrealdb import RecordID

from server.core.retention import Category
from server.core.scope import EMPTY, Scope
from server.retention.fates import Due, Fate, fates, latest, micros
from server.retention.queries import Conditions
from server.retention.rules import Rules
from server.retention.streams import Cursor, streams
from server.retention.tables import BY_NAME, MemoryTable
from server.store.engine import Database, Row
from server.store.scoped import scope_of

# The engine reads some thousand records of an index at once, however few are asked for.
PAGE = 900


@dataclass(frozen=True, slots=True)
class Doomed:
    """A record that is due under at least one of the rule sets."""

    id: RecordID
    category: Category
    created: int
    fates: tuple[Fate, ...]
    scope: Scope = EMPTY


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page of a table comes to; a chain of values is never divided."""

    table: MemoryTable
    records: Sequence[Doomed]


class Plan:
    """Everything in one database that some rule sets let go until a moment."""

    def __init__(
        self,
        database: Database,
        variants: Sequence[Rules],
        until: datetime,
        *,
        within: Scope = EMPTY,
        described: bool = False,
        page: int = PAGE,
    ) -> None:
        """`within` limits it to records whose scope contains that one; `described` adds each record's scope."""
        self.until = micros(until)
        self.conditions = Conditions(variants, until, within, described=described)
        self._database = database
        self.variants = variants
        self.latest = until
        self._page = page

    async def batches(self) -> AsyncIterator[Batch]:
        """Page after page, also those in which nothing is due."""
        for stream in streams(self.variants, self.latest):
            cursor: Cursor | None = Cursor()
            while cursor:
                values = cursor.variables(self._page) | {"category": stream.category}
                _, rows, page = await self._read(self.conditions.page(stream), **values)
                yield Batch(stream.table, await self._doomed(stream.table, rows))
                cursor = Cursor.following(stream, page, self._page)

    async def chains(self, heads: list[Row]) -> list[Doomed]:
        """The chains of these heads that are due as a whole; those of one value come first, as a sweep takes them."""
        (found,) = await self._read(self.conditions.successors(), ids=[row["id"] for row in heads])
        successors = set(map(str, found))
        alone = [[row] for row in heads if str(row["id"]) not in successors]
        longer = [row for row in heads if str(row["id"]) in successors]
        chains = alone + (await self._whole(longer) if longer else [])
        return [member for chain in chains for member in self._chain(chain)]

    async def _whole(self, heads: list[Row]) -> list[list[Row]]:
        """Each head with everything that led to it; the oldest first.

        Nearly all of a chain is of one entity and key and found at once; what is of another is found link by link.
        """
        keys = {(str(row["entity"]), row["key"]): {"entity": row["entity"], "key": row["key"]} for row in heads}
        (found,) = await self._read(self.conditions.values(), keys=list(keys.values()))
        known = {str(row["id"]): row for row in [*heads, *(row for rows in found for row in rows)]}
        newest = list(known.values())
        while newest:
            (found,) = await self._read(self.conditions.replaced(), ids=[row["id"] for row in newest])
            newest = [row for row in found if str(row["id"]) not in known]
            known |= {str(row["id"]): row for row in newest}
        replaced: dict[str, list[str]] = {}
        for name, row in known.items():
            replaced.setdefault(str(row.get("superseded_by")), []).append(name)
        return [_walked(str(head["id"]), known, replaced) for head in heads]

    async def _doomed(self, table: MemoryTable, rows: list[Row]) -> list[Doomed]:
        if table.needs and rows:
            rows = await self._free(table, rows)
        if table.chained and rows:
            return await self.chains(rows)
        return [self._record(row, fates(self.variants, row)) for row in rows]

    async def _free(self, table: MemoryTable, rows: list[Row]) -> list[Row]:
        """Without those that something needs which stays; the others are due with the last that needs them."""
        (held,) = await self._read(self.conditions.held(table), ids=[row["id"] for row in rows])
        stay = set(map(str, held))
        free = [row for row in rows if str(row["id"]) not in stay]
        needed = await self._needed(table, [row["id"] for row in free]) if free else []
        waiting = [row | {"needed": until} for row, until in zip(free, needed, strict=True)]
        return [row for row in waiting if self._any_by_now(fate.due for fate in fates(self.variants, row))]

    async def _needed(self, table: MemoryTable, ids: list[RecordID]) -> list[list[Due]]:
        """Until when each record is needed under each rule set; 0 where nothing needs it."""
        until: list[list[Due]] = [[0] * len(self.variants) for _ in ids]
        for name, source in table.needs.items():
            (found,) = await self._read(self.conditions.needs(source, BY_NAME[name]), ids=ids)
            needing = [row for rows in found for row in rows]
            if BY_NAME[name].needs and needing:
                further = await self._needed(BY_NAME[name], [row["id"] for row in needing])
                for row, needed in zip(needing, further, strict=True):
                    row["needed"] = needed
            for dues, rows in zip(until, found, strict=True):
                for row in rows:
                    dues[:] = [
                        latest((due, fate.due)) for due, fate in zip(dues, fates(self.variants, row), strict=True)
                    ]
        return until

    def _chain(self, chain: list[Row]) -> list[Doomed]:
        """A chain goes when all of it is due, and then whole."""
        own = [fates(self.variants, row) for row in chain]
        whole = [latest(fate.due for fate in each) for each in zip(*own, strict=True)]
        if not self._any_by_now(whole):
            return []
        return [
            self._record(row, tuple(Fate(fate.rule, due) for fate, due in zip(each, whole, strict=True)))
            for row, each in zip(chain, own, strict=True)
        ]

    def _any_by_now(self, dues: Iterable[Due]) -> bool:
        return any(due is not None and due <= self.until for due in dues)

    def _record(self, row: Row, found: tuple[Fate, ...]) -> Doomed:
        category = self.variants[0].ordered[row["rules"][0]].category
        return Doomed(row["id"], category, row["created"], found, scope_of(row.get("scope") or ()))

    async def _read(self, text: str, **variables: Any) -> list[Any]:
        return await self._database.read(text, self.conditions.variables(**variables))


def _walked(head: str, known: Mapping[str, Row], replaced: Mapping[str, list[str]]) -> list[Row]:
    """Everything that leads to a head; the oldest first."""
    found, waiting = [], [head]
    while waiting:
        name = waiting.pop()
        found.append(known[name])
        waiting += replaced.get(name, ())
    return found[::-1]
