"""Rows in pages: however they are cut, and however large they are, the same rows with the same digest."""

from typing import Any

import pytest

from server.core.clock import SystemClock
from server.core.errors import UnprocessableError
from server.store.binding import Binding
from server.store.dumps.marks import TableSum
from server.store.dumps.pages import LARGE_ROW, Once, Sum, Walk, head, head_size, length
from server.store.dumps.schema import Table, read_schema
from server.store.embedded import EmbeddedEngine
from server.store.engine import Variables
from tests.store.dumps.world import dumped, migrated

SOURCE = Binding("acme", "prod")
MAKE = """FOR $row IN $rows {
    CREATE type::record('session', $row.id) SET scope = <set>[], metadata = { text: $row.text } RETURN NONE }"""


@pytest.mark.parametrize("rows", [0, 1, 23, 24, 255, 256, 1000, 65_535, 65_536])
def test_the_head_of_an_array_says_its_length(rows: int) -> None:
    assert (length(head(rows)), head_size(head(rows))) == (rows, len(head(rows)))


@pytest.mark.parametrize("sizes", [[10], [2 * LARGE_ROW], [10, 9 * LARGE_ROW], [3 * LARGE_ROW, 5, 5, 5]])
async def test_large_rows_and_small_ones_add_up_to_the_same(sizes: list[int]) -> None:
    async with EmbeddedEngine(None, SystemClock()) as engine:
        await migrated(engine, SOURCE)

        async def read(text: str, variables: Variables) -> list[Any]:
            return await engine.read(SOURCE, text, variables)

        count = 90
        rows = [{"id": [number, "ü"], "text": "é" * sizes[number % len(sizes)]} for number in range(count)]
        await engine.write(SOURCE, MAKE, {"rows": rows})
        [table] = [one for one in (await read_schema(read)).tables if one.name == "session"]

        walked = await sum_of(Walk(read), table)

        assert walked.rows == count
        assert walked == await sum_of(Once(read, [table], text=False), table)


@pytest.mark.parametrize("size", [10, 3 * LARGE_ROW])
async def test_what_is_no_set_is_noticed_whatever_the_size_of_its_row(size: int) -> None:
    async with EmbeddedEngine(None, SystemClock()) as engine:
        await migrated(engine, SOURCE)
        rows = [{"id": number, "text": "x" * size} for number in range(40)]
        await engine.write(SOURCE, MAKE, {"rows": rows})
        await engine.execute(
            SOURCE, "OPTION IMPORT; INSERT INTO session [{ id: 'z', scope: { a: 1 }, created_at: time::now() }]"
        )
        with pytest.raises(UnprocessableError, match="scope is no set"):
            await dumped(engine, SOURCE)


async def sum_of(pages: Walk | Once, table: Table) -> TableSum:
    total = Sum()
    async for page in pages.of(table, text=False):
        total.add(page)
    return total.total
