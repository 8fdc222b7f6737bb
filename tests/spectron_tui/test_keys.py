"""The last line says what can be done, and does it when it is clicked."""

from itertools import pairwise

import pytest
from textual.widgets import Input

from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import of
from spectron_tui.app import Dashboard
from spectron_tui.dialogs.help import Help
from spectron_tui.places import PLACES
from spectron_tui.programs.programs import NoPrograms
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.widgets.keys import Keys, Label, placed
from tests.spectron_tui.surroundings import refusing, surroundings, until

WIDE = 500


def dashboard(place: str = "overview", *, writes: bool = False) -> Dashboard:
    return Dashboard(surroundings(refusing(), writes=writes, programs=NoPrograms()), place=place)


def line(dashboard: Dashboard) -> str:
    return str(dashboard.screen.query_one(Keys).render())


@pytest.mark.parametrize("width", [30, 80, 120, WIDE])
def test_help_and_the_way_out_stay_at_the_right_end(width: int) -> None:
    actions = [action for area in (Area.BACKUPS, Area.TABLE, Area.EVERYWHERE) for action in of(area)]
    labels = [Label(action, "x", enabled=True) for action in actions]
    shown = placed(labels, width)
    assert {"app.help", "app.quit"} <= {label.action.id for label in shown}
    assert shown[-1].end == width
    assert all(before.end <= after.start for before, after in pairwise(shown))
    assert len(shown) == len(labels) or width < WIDE


@pytest.mark.parametrize("place", PLACES)
async def test_it_fits_into_eighty_columns(place: str) -> None:
    opened = dashboard(place)
    async with opened.run_test(size=(80, 24)):
        assert line(opened).rstrip().endswith("q Quit")
        assert len(line(opened).rstrip()) <= 80


async def test_what_is_chosen_for_a_key_is_what_it_shows() -> None:
    opened = Dashboard(surroundings(refusing()), keys={"app.help": "f1"})
    async with opened.run_test():
        assert "f1 Help" in line(opened)


async def test_a_click_does_what_the_key_does() -> None:
    opened = dashboard()
    async with opened.run_test(size=(80, 24)) as pilot:
        keys = opened.screen.query_one(Keys)
        shown = next(label for label in keys.labels() if label.action.id == "app.help")
        await pilot.click(Keys, offset=(shown.start + 1, 0))
        await until(pilot, lambda: isinstance(opened.screen, Help))


async def test_keys_that_would_be_typed_are_not_shown() -> None:
    opened = dashboard("contexts", writes=True)
    async with opened.run_test(size=(120, 24)) as pilot:
        assert "n New" in line(opened)
        await pilot.press("slash")
        screen = opened.screen
        assert isinstance(screen, TabledScreen)
        assert screen.query_one(Input).has_focus
        assert "New" not in line(opened)
        await pilot.press("escape")
        assert "n New" in line(opened)


async def test_leaving_while_the_screen_changes_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Textual's own footer asked for the screen's bindings after the last screen was gone."""
    opened = dashboard()
    async with opened.run_test() as pilot:
        for place in PLACES:
            opened.go(place)
        opened.screen.refresh_bindings()
        opened.exit(0)
        await pilot.pause()
    assert opened.return_code == 0
    assert opened._exception is None
    assert caplog.text == ""
