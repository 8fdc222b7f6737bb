"""The table keeps what an operator looks at."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from spectron_tui.widgets.rows import Column, Row, View
from spectron_tui.widgets.table import MOST, Table

COLUMNS = (Column("name", "Name"), Column("count", "Count", 6, right=True))


def rows(*names: str) -> list[Row]:
    return [Row(name, (name, str(index)), sort=(name, index)) for index, name in enumerate(names)]


class Tabled(App[None]):
    def __init__(self, columns: Sequence[Column] = COLUMNS) -> None:
        super().__init__()
        self.table = Table(columns)

    def compose(self) -> ComposeResult:
        yield self.table


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with Tabled().run_test(size=(40, 8)) as pilot:
        yield pilot


def table_of(pilot: Pilot[None]) -> Table:
    assert isinstance(pilot.app, Tabled)
    return pilot.app.table


def key_of(table: Table) -> str | None:
    return table.row.key if table.row else None


async def test_the_cursor_stays_on_its_row_when_rows_come_and_go_above_it(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply(rows("b", "d", "f"))
    table.find("d")
    table.apply(rows("a", "b", "c", "d", "f"))
    assert key_of(table) == "d"
    table.apply(rows("d"))
    assert key_of(table) == "d"


async def test_the_cursor_stays_near_when_its_row_goes(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply(rows("a", "b", "c"))
    table.find("c")
    table.apply(rows("a", "b"))
    assert key_of(table) == "b"
    table.apply([])
    assert key_of(table) is None
    table.apply(rows("z"))
    assert key_of(table) == "z"


async def test_marks_survive_a_refresh_and_go_with_their_row(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply(rows("a", "b", "c"))
    table.toggle_mark()
    table.toggle_mark()
    assert [row.key for row in table.chosen] == ["a", "b"]
    table.apply(rows("b", "c"))
    assert [row.key for row in table.chosen] == ["b"]


async def test_filter_and_sort_hold_for_rows_that_come_later(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.look(View(filter="an", sort=0, reverse=True))
    table.apply(rows("banana", "cherry", "mango", "orange"))
    assert [row.key for row in table.shown] == ["orange", "mango", "banana"]
    table.apply(rows("quandong", "banana"))
    assert [row.key for row in table.shown] == ["quandong", "banana"]


async def test_numbers_sort_as_numbers(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply([Row(str(n), (str(n), str(n)), sort=(str(n), n)) for n in (9, 100, 20)])
    table.look(View(sort=1))
    assert [row.key for row in table.shown] == ["9", "20", "100"]


async def test_the_last_of_many_rows_can_be_reached_and_seen(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply(rows(*(f"row {index:05}" for index in range(10_000))))
    table.focus()
    await pilot.press("end")
    await pilot.pause()
    seen = [strip.text for strip in (table.render_line(y) for y in range(table.size.height))]
    assert "row 09999" in seen[-1]
    assert seen[0].lstrip().startswith("Name")


async def test_a_click_chooses_the_row_under_it_and_one_on_a_heading_sorts(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply(rows("c", "a", "b"))
    await pilot.click(Table, offset=(4, 2))
    assert key_of(table) == "a"
    await pilot.click(Table, offset=(4, 0))
    assert [row.key for row in table.shown] == ["a", "b", "c"]
    await pilot.click(Table, offset=(4, 0))
    assert [row.key for row in table.shown] == ["c", "b", "a"]
    assert key_of(table) == "a"


async def test_a_cell_is_one_line_of_its_width_whatever_is_in_it(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply([Row("x", ("[bold]line\none\ttwo 語語語語語語語語語語語語語語語語語語語語", "1"))])
    line = table.render_line(1)
    assert line.cell_length == table.size.width
    assert "[bold]line one two" in line.text
    assert "…" in line.text


def test_sorting_goes_round_through_every_column_to_the_servers_order() -> None:
    view = View()
    seen = []
    for _ in range(3):
        view = view.sorted_by_next((0, 1))
        seen.append(view.sort)
    assert seen == [0, 1, None]
    assert replace(view, reverse=True).of(rows("a", "b"))[0].key == "b"


async def test_what_would_steer_the_terminal_is_spelled_out(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.apply([Row("x", ("a\x1b]0;b\x07c", "1"))])
    assert "a\\x1b]0;b\\x07c" in table.render_line(1).text


async def test_columns_are_picked_whatever_the_width(pilot: Pilot[None]) -> None:
    table = table_of(pilot)
    table.columns = (*COLUMNS, Column("late", "Late", 4, from_width=1000))
    table.apply([Row("a", ("ada", "1", "no"))])
    assert [table.columns[index].id for index in table.drawn] == ["name", "count"]
    table.pick({"late", "count"})
    assert table.render_line(0).text.split() == ["Count", "Late"]
    table.pick(None)
    assert table.render_line(0).text.split() == ["Name", "Count"]


def test_values_of_several_kinds_are_sorted_numbers_first() -> None:
    mixed = [Row(str(value), (str(value),), sort=(value,)) for value in ("b", 3, "a", 1.5)]
    assert [row.key for row in View(sort=0).of(mixed)] == ["1.5", "3", "a", "b"]
    assert [row.key for row in View(sort=0, reverse=True).of(mixed)] == ["b", "a", "3", "1.5"]


def test_equal_rows_keep_their_order_either_way() -> None:
    same = [Row(key, (key,), sort=(1,)) for key in "cab"]
    assert [row.key for row in View(sort=0).of(same)] == ["c", "a", "b"]
    assert [row.key for row in View(sort=0, reverse=True).of(same)] == ["c", "a", "b"]


async def test_the_row_of_the_cursor_reaches_from_edge_to_edge() -> None:
    async with Tabled((Column("name", "Name", 10),)).run_test(size=(40, 8)) as pilot:
        table = table_of(pilot)
        table.apply([Row("a", ("a",))])
        strip = table.render_line(1)
        assert strip.cell_length == table.size.width
        assert {segment.style for segment in strip} == {table.get_component_rich_style("table--cursor")}


async def test_columns_stay_together_where_it_is_wide() -> None:
    async with Tabled().run_test(size=(200, 8)) as pilot:
        table = table_of(pilot)
        table.apply(rows("a"))
        assert table.render_line(1).text.rstrip() == f"  {'a':<{MOST}}       0"


async def test_a_column_can_be_narrower_where_the_table_is() -> None:
    async with Tabled((Column("name", "Name", 30, narrow=10), Column("text", "Text"))).run_test(size=(120, 8)) as pilot:
        table = table_of(pilot)
        table.apply(rows("a"))
        assert table.render_line(1).text.startswith(f"  {'a':<30}  0")
        await pilot.resize_terminal(80, 8)
        assert table.render_line(1).text.startswith(f"  {'a':<10}  0")
