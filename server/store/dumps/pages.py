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

# From this size on a row costs less encoded by itself than as one of a page, each mention of which copies it.
LARGE_ROW = 2048

# A key goes back as it came, encoded: it may be of any kind, to the nanosecond.
BEYOND = "type::record($table, record::id(encoding::cbor::decode($last)[0])>..)"
# The length of a page is taken from its encoding.
TOGETHER = """LET $page = SELECT * FROM {source} LIMIT $limit;
RETURN encoding::cbor::encode([array::last($page).id]);
RETURN encoding::cbor::encode($page); RETURN {text}; RETURN {unset};"""
EACH = """SELECT VALUE [encoding::cbor::encode([id]), encoding::cbor::encode($this), {wrong}]
FROM {source} LIMIT $limit;"""
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
        limit, last, large = FIRST_LIMIT, None, False
        while True:
            read = self._each if large and not text else self._together
            page, key = await read(table, limit, last, text=text)
            size = len(page.data)
            if page.rows == 0:
                return
            if size > LARGEST_PAGE and page.rows > 1:
                limit = max(1, limit * LARGEST_PAGE // (2 * size))
                continue
            yield page
            last, large = key, size > LARGE_ROW * page.rows
            limit = max(1, min(LARGEST_LIMIT, 4 * limit, limit * PAGE_BYTES // size))

    async def _together(self, table: Table, limit: int, last: bytes | None, *, text: bool) -> tuple[Page, bytes]:
        query = TOGETHER.format(source=_source(table, last), text=_text(text), unset=_unset(table))
        found = await self._read(query, {"table": table.name, "limit": limit, "last": last})
        key, data, literal, unset = found[-4:]
        return Page(length(data), data, literal, unset), key

    async def _each(self, table: Table, limit: int, last: bytes | None, *, text: bool) -> tuple[Page, bytes | None]:  # noqa: ARG002  # as `_together`
        query = EACH.format(source=_source(table, last), wrong=_wrong(table))
        rows = (await self._read(query, {"table": table.name, "limit": limit, "last": last}))[-1]
        data = b"".join([head(len(rows)), *(row for _, row, _ in rows)])
        return Page(len(rows), data, None, sum(wrong for _, _, wrong in rows)), rows[-1][0] if rows else None


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


def head(rows: int) -> bytes:
    """How an encoded array of so many elements begins."""
    for marker, size in ((0x98, 1), (0x99, 2), (0x9A, 4)):
        if rows < 1 << 8 * size:
            return bytes([0x80 | rows]) if rows < min(HEAD_SIZES) else bytes([marker]) + rows.to_bytes(size)
    raise ValueError(f"no page has {rows} rows")


def _source(table: Table, last: bytes | None) -> str:
    return quoted(table.name) if last is None else BEYOND


def _text(wanted: bool) -> str:
    return "<string>$page" if wanted else "NONE"


def _unset(table: Table) -> str:
    """How many rows of a page have something else where a set belongs."""
    wrong = _wrong(table)
    return "0" if wrong == "false" else f"array::len($page[WHERE {wrong}])"


def _wrong(table: Table) -> str:
    """Whether a row has something else where a set belongs."""
    wrong = [
        f"type::of({field}) NOT IN {['set', 'none'] if optional else ['set']}"
        for field, optional in table.sets.items()
        if PLAIN_NAME.fullmatch(field)
    ]
    return " OR ".join(wrong) or "false"
