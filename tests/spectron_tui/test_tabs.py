"""Every table in sight can be filtered, arranged, copied and exported, in a tab as on a screen of its own."""

import json
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, TabbedContent

from spectron_tui.app import Dashboard
from spectron_tui.dialogs.picking import Picking
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.contexts import COLUMNS
from spectron_tui.widgets.table import Table
from tests.spectron_tui.surroundings import until
from tests.spectron_tui.test_contexts import contexts, opened, said
from tests.support.app import App


async def config(pilot: Pilot[int], dashboard: Dashboard) -> tuple[ContextScreen, Table]:
    """The page of acme, with its config in sight."""
    screen = await opened(pilot, dashboard, 0)
    await pilot.press("right")
    table = screen.query_one("#config", Table)
    await until(pilot, lambda: table.has_focus and len(table.shown) > 10)
    return screen, table


async def test_the_table_of_a_tab_is_filtered_and_keeps_its_filter(looking: Dashboard) -> None:
    async with looking.run_test(size=(120, 40)) as pilot:
        screen, table = await config(pilot, looking)
        await pilot.press("slash", *"chunk")
        found = ["ingestion.chunk_overlap", "ingestion.chunk_size"]
        await until(pilot, lambda: [row.key for row in table.shown] == found)
        await pilot.press("enter", "left")
        line = screen.query_one("#filter", Input)
        await until(pilot, lambda: screen.query_one(TabbedContent).active == "tab-1")
        await until(pilot, lambda: not line.has_class("open"))
        await pilot.press("right")
        await until(pilot, lambda: line.value == "chunk")
        await pilot.press("escape")
        await until(pilot, lambda: len(table.shown) > 10)


async def test_the_table_of_a_tab_is_copied_and_exported(looking: Dashboard, tmp_path: Path) -> None:
    async with looking.run_test(size=(120, 40)) as pilot:
        _, table = await config(pilot, looking)
        await pilot.press("s", "T")
        assert table.view.sort == 0
        assert looking.clipboard.split("\t") == [*table.shown[0].cells]
        await pilot.press("V")
        await said(pilot, f"{len(table.shown)} rows are in")
    exported = next(tmp_path.glob("spectron-context-*.json"))  # noqa: ASYNC240 (nothing else runs by now)
    assert len(json.loads(exported.read_text())) == len(table.shown)


async def test_where_there_is_no_table_it_is_said(looking: Dashboard) -> None:
    async with looking.run_test(size=(120, 40)) as pilot:
        await opened(pilot, looking, 0)
        await pilot.press("right", "right")
        await pilot.press("v")
        await said(pilot, "There is no table in sight.")


async def test_columns_are_chosen_and_exported_alone(looking: Dashboard, acme: App, tmp_path: Path) -> None:
    await acme.context("beta")
    async with looking.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        screen = await contexts(pilot, "acme", "beta")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(looking.screen, Picking))
        await pilot.press("down", "space", "down", "space", "enter")
        await contexts(pilot, "acme", "beta")
        assert [screen.table.columns[index].id for index in screen.table.drawn] == ["context", "state", "age"]
        await pilot.press("s", "s")
        assert screen.table.view.sort == 3
        await pilot.press("v")
        await said(pilot, "2 rows are in")
    exported = next(tmp_path.glob("spectron-contexts-*.csv"))  # noqa: ASYNC240 (nothing else runs by now)
    assert exported.read_text().splitlines()[:2] == ["Context,State,Age", "acme,active,0s"]


async def test_leaving_out_every_column_is_not_taken(looking: Dashboard) -> None:
    async with looking.run_test(size=(160, 40)) as pilot:
        await pilot.press("2")
        await contexts(pilot, "acme")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(looking.screen, Picking))
        await pilot.press(*["space", "down"] * len(COLUMNS), "enter")
        await said(pilot, "Pick at least one")
        await pilot.press("escape")
        screen = await contexts(pilot, "acme")
        assert screen.table.picked is None
