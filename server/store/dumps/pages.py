"""Rows in pages: read in the order of their ids, encoded by the engine itself, and summed up on the way."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from server.store.dumps.marks import TableSum
from server.store.dumps.schema import PLAIN_NAME, Table, quoted
from server.store.engine import Reader

FIRST_LIMIT = 16
LARGEST_LIMIT = 1000
PAGE_BYTES = 512 * 1024
LARGEST_PAGE = 16 * 1024 * 1024
CLUMP = 50
# How the head of an encoded array says its length: in itself, or in so many bytes after it.
HEAD_SIZES = {24: 2, 25: 3, 26: 5, 27: 9}

FIRST = "LET $page = SELECT * FROM {table} LIMIT $limit;"
NEXT = """LET $after = record::id(encoding::cbor::decode($last)[0]);
LET $page = SELECT * FROM type::record($table, $after>..) LIMIT $limit;"""
# A key goes back as it came, encoded: it may be of any kind, to the nanosecond.
# Each mention of a page copies it, so that its length is taken from its encoding.
ENCODED = """RETURN encoding::cbor::encode([array::last($page).id]);
RETURN encoding::cbor::encode($page); RETURN {text}; RETURN {unset};"""
CLUMPS = """LET {name} = array::map(array::clump((SELECT * FROM {table}), {size}), |$page| [
    array::len($page), encoding::cbor::encode($page), {text}, {unset}]);"""


@dataclass(frozen=True)
class Page:
    """Some rows: encoded, as text where that was asked for, and how many have no set where one belongs."""

    rows: int
    data: bytes
    text: str | None
    unset: int


class Pages(Protocol):
    """Where the rows of a table come from, all as of one moment."""

    def of(self, table: Table, *, text: bool) -> AsyncIterator[Page]:
        """The pages of a table in order."""
        ...


class Walk:
    """Reads page after page; a point in time if nobody writes meanwhile, or `read` is bound to a transaction."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    async def of(self, table: Table, *, text: bool) -> AsyncIterator[Page]:
        limit, last = FIRST_LIMIT, None
        encoded = ENCODED.format(text=_text(text), unset=_unset(table))
        first, following = FIRST.format(table=quoted(table.name)) + encoded, NEXT + encoded
        while True:
            variables = {"table": table.name, "limit": limit, "last": last}
            key, data, literal, unset = (await self._read(first if last is None else following, variables))[-4:]
            rows = length(data)
            if rows == 0:
                return
            if len(data) > LARGEST_PAGE and rows > 1:
                limit = max(1, limit * LARGEST_PAGE // (2 * len(data)))
                continue
            yield Page(rows, data, literal, unset)
            last = key
            limit = max(1, min(LARGEST_LIMIT, 4 * limit, limit * PAGE_BYTES // len(data)))


class Once:
    """Reads every table in a single query, for an engine whose transactions last no longer; all of it is in memory."""

    def __init__(self, read: Reader, tables: Sequence[Table], *, text: bool) -> None:
        self._read = read
        self._tables = tables
        self._text = text
        self._found: dict[str, list[Any]] | None = None

    async def of(self, table: Table, *, text: bool) -> AsyncIterator[Page]:
        found = await self._all()
        for rows, data, literal, unset in found.pop(table.name):
            yield Page(rows, data, literal if text else None, unset)

    async def _all(self) -> dict[str, list[Any]]:
        if self._found is None:
            names = [f"$found_{number}" for number in range(len(self._tables))]
            clumps = "".join(
                CLUMPS.format(
                    name=name, table=quoted(table.name), size=CLUMP, text=_text(self._text), unset=_unset(table)
                )
                for name, table in zip(names, self._tables, strict=True)
            )
            answers = await self._read(f"BEGIN; {clumps} [{', '.join(names)}]; COMMIT;", {})
            self._found = dict(zip((table.name for table in self._tables), answers[-2], strict=True))
        return self._found


@dataclass
class Sum:
    """Adds up the pages of one table; how they were cut leaves no trace."""

    rows: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, page: Page) -> None:
        self.rows += page.rows
        self._hash.update(memoryview(page.data)[head_size(page.data) :])

    @property
    def total(self) -> TableSum:
        return TableSum(self.rows, self._hash.hexdigest())


def head_size(data: bytes) -> int:
    """How many bytes say how long an encoded array is; its elements follow."""
    return HEAD_SIZES.get(data[0] & 0x1F, 1)


def length(data: bytes) -> int:
    """How many elements an encoded array has."""
    size = head_size(data)
    return int.from_bytes(data[1:size]) if size > 1 else data[0] & 0x1F


def _text(wanted: bool) -> str:
    return "<string>$page" if wanted else "NONE"


def _unset(table: Table) -> str:
    """How many rows of a page have something else where a set belongs."""
    wrong = [
        f"type::of({field}) NOT IN {['set', 'none'] if optional else ['set']}"
        for field, optional in table.sets.items()
        if PLAIN_NAME.fullmatch(field)
    ]
    return f"array::len($page[WHERE {' OR '.join(wrong)}])" if wrong else "0"
