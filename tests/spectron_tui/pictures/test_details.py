"""What opens from a table, and a table as an operator has arranged it."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static, TabbedContent, TextArea

from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.document import DocumentScreen
from spectron_tui.screens.retention import RetentionScreen
from spectron_tui.screens.runbook import RunbookScreen
from spectron_tui.screens.runlog import RunLogScreen
from spectron_tui.screens.trace import TraceScreen
from tests.spectron_tui.demo.tour import EDITED
from tests.spectron_tui.pictures.scenes import Act, after, filled, settled, still
from tests.spectron_tui.surroundings import until

Compare = Callable[..., bool]
SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)
SIZES = {"small": SMALL, "middle": MIDDLE}
TABS = ("keys", "config", "measures", "retention", "audit")
sizes = pytest.mark.parametrize("size", SIZES)


def tab(number: int) -> Act:
    """Show that one of the tabs."""

    async def act(pilot: Pilot[Any]) -> None:
        tabs = pilot.app.screen.query_one(TabbedContent)
        tabs.active = f"tab-{number}"
        await still(pilot)

    return act


@sizes
@pytest.mark.parametrize("name", TABS)
def test_context(snap_compare: Compare, name: str, size: str) -> None:
    act = after("enter", shows=ContextScreen, then=tab(TABS.index(name) + 1))
    assert snap_compare(filled().dashboard("contexts"), terminal_size=SIZES[size], run_before=act)


@sizes
@pytest.mark.parametrize("number", [1, 2], ids=["chunks", "keywords"])
def test_document(snap_compare: Compare, number: int, size: str) -> None:
    act = after("end", "enter", shows=DocumentScreen, then=tab(number))
    assert snap_compare(filled().dashboard("ingestion"), terminal_size=SIZES[size], run_before=act)


@sizes
def test_runbook(snap_compare: Compare, size: str) -> None:
    act = after("enter", shows=RunbookScreen)
    assert snap_compare(filled().dashboard("runbooks"), terminal_size=SIZES[size], run_before=act)


def test_log_of_commands(snap_compare: Compare) -> None:
    act = after("l", shows=RunLogScreen)
    assert snap_compare(filled().dashboard("runbooks"), terminal_size=SMALL, run_before=act)


def test_failed_document(snap_compare: Compare) -> None:
    act = after("enter", shows=DocumentScreen)
    assert snap_compare(filled().dashboard("ingestion"), terminal_size=SMALL, run_before=act)


@sizes
@pytest.mark.parametrize("down", [0, 1], ids=["direct", "hybrid"])
def test_trace(snap_compare: Compare, down: int, size: str) -> None:
    act = after(*["down"] * down, "enter", shows=TraceScreen)
    assert snap_compare(filled().dashboard("traces"), terminal_size=SIZES[size], run_before=act)


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_the_impact_of_an_edit(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def edited(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, RetentionScreen)
        screen.query_one(TextArea).text = EDITED
        shown = screen.query_one("#impact", Static)
        await until(pilot, lambda: "deleted" in str(shown.content))
        await still(pilot)

    act = after("e", then=edited)
    assert snap_compare(filled().dashboard("retention"), terminal_size=size, run_before=act)


def test_past_sweeps(snap_compare: Compare) -> None:
    async def past(pilot: Pilot[Any]) -> None:
        pilot.app.screen.query_one(TabbedContent).active = "past"
        await still(pilot)

    assert snap_compare(filled().dashboard("retention"), terminal_size=SMALL, run_before=after(then=past))


def test_a_filter_and_an_order(snap_compare: Compare) -> None:
    dashboard = filled().dashboard("ingestion", filter="edition 1")
    assert snap_compare(dashboard, terminal_size=SMALL, run_before=after("s", "S", "down"))


def test_marked_rows(snap_compare: Compare) -> None:
    act = after("space", "space", "down", "space")
    assert snap_compare(filled().dashboard("ingestion", writes=True), terminal_size=SMALL, run_before=act)


def test_a_paused_dashboard(snap_compare: Compare) -> None:
    assert snap_compare(filled().dashboard("overview"), terminal_size=SMALL, run_before=after("p"))


@sizes
def test_a_recording_that_is_played(snap_compare: Compare, size: str) -> None:
    dashboard = filled(seconds=40).dashboard("ingestion", replay=True)
    assert snap_compare(dashboard, terminal_size=SIZES[size], run_before=settled)
