"""Writes a dump, a statement a line."""

import base64
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from server.core.errors import UnprocessableError
from server.store.dumps.literals import with_sets
from server.store.dumps.marks import OPENING, PASSING, Header, TableSum, Trailer
from server.store.dumps.pages import Once, Page, Pages, Sum, Walk
from server.store.dumps.schema import Schema, Table, read_schema
from server.store.engine import Reader

BLOCK_BEGIN = 'encoding::cbor::decode(encoding::base64::decode("'
BLOCK_END = '"));'


VERSION = "RETURN array::max((SELECT VALUE record::id(id) FROM _migrations)) ?? 0"


async def pieces_of(read: Reader, header: Header, *, at_once: bool, totals: bool) -> AsyncIterator[bytes]:
    """A dump of what `read` reads, with the schema version found there; with `totals`, header and trailer alone.

    With `at_once` all rows are read in one query, because two of them would see two moments.
    """
    schema = await read_schema(read)
    header = replace(header, schema_version=(await read(VERSION, {}))[-1])
    dump = Dump(header, schema)
    pages: Pages = Once(read, dump.carried, text=header.rows == "literals") if at_once else Walk(read)
    if totals:
        yield _lines([header.line, (await dump.totals(pages)).line])
        return
    async for piece in dump.written(pages):
        yield piece


class Dump:
    """One dump in the making; its pieces are bytes, the last of them the trailer's line."""

    def __init__(self, header: Header, schema: Schema) -> None:
        self._header = header
        self._schema = schema
        self._statements = 0

    @property
    def carried(self) -> Sequence[Table]:
        """The tables whose rows are part of the dump."""
        passing = PASSING[self._header.kind]
        return [table for table in self._schema.tables if table.name not in passing]

    async def written(self, pages: Pages) -> AsyncIterator[bytes]:
        """The whole text."""
        yield _lines([OPENING, self._header.line])
        yield self._stated(self._schema.before)
        sums = {}
        for table in self.carried:
            total = Sum()
            async for page in pages.of(table, text=self._header.rows == "literals"):
                _require_sets(table, page)
                total.add(page)
                yield self._stated([table.insert + _rows(page)])
            sums[table.name] = total.total
        yield self._stated(self._schema.after)
        yield _lines([self._trailer(sums).line])

    async def totals(self, pages: Pages) -> Trailer:
        """The trailer alone."""
        sums = {}
        for table in self.carried:
            total = Sum()
            async for page in pages.of(table, text=False):
                _require_sets(table, page)
                total.add(page)
            sums[table.name] = total.total
        return self._trailer(sums)

    def _stated(self, statements: Sequence[str]) -> bytes:
        self._statements += len(statements)
        return _lines([one.removesuffix(";") + ";" for one in statements])

    def _trailer(self, sums: dict[str, TableSum]) -> Trailer:
        return Trailer(sums, self._schema.indexes, self._statements)


def _rows(page: Page) -> str:
    if page.text is None:
        return BLOCK_BEGIN + base64.b64encode(page.data).decode() + BLOCK_END
    return with_sets(page.text)


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def _require_sets(table: Table, page: Page) -> None:
    if page.unset:
        raise UnprocessableError(
            f"The table {table.name} has rows whose {' or '.join(table.sets)} is no set; something other than Spectron "
            "has written them. Repair them before exporting."
        )
