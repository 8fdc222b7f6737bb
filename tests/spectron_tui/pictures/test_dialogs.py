"""Every dialog, as it stands in front of its screen."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.choice import Choice
from spectron_tui.dialogs.form import Form
from spectron_tui.dialogs.help import Help
from spectron_tui.dialogs.naming import Naming
from spectron_tui.dialogs.secret import Secret
from spectron_tui.screens.context import ContextScreen
from tests.spectron_tui.pictures.scenes import Act, after, filled, still
from tests.spectron_tui.surroundings import until

Compare = Callable[..., bool]
SMALL = (80, 24)
MIDDLE = (120, 40)
SECRET = "sk-acme-prod-0000000000000000-" + "0" * 43


async def typing_the_name(pilot: Pilot[Any]) -> None:
    field = pilot.app.screen.query_one(Input)
    field.focus()
    field.value = "acme-prod"
    await still(pilot)


async def a_secret(pilot: Pilot[Any]) -> None:
    await pilot.app.push_screen(Secret("checkout-agent", SECRET))
    await still(pilot)


DIALOGS: dict[str, tuple[str, Act]] = {
    "help": ("overview", after("question_mark", shows=Help)),
    "help-of-a-table": ("ingestion", after("question_mark", shows=Help)),
    "which-context": ("overview", after("ctrl+k", shows=Choice)),
    "which-server": ("overview", after("ctrl+o", shows=Choice)),
    "create-context": ("contexts", after("n", shows=Form)),
    "create-context-unfilled": ("contexts", after("n", "enter", "enter", "enter", shows=Form)),
    "delete-context": ("contexts", after("d", shows=Naming)),
    "delete-context-named": ("contexts", after("d", shows=Naming, then=typing_the_name)),
    "upload": ("ingestion", after("u", shows=Form)),
    "delete-document": ("ingestion", after("end", "d", shows=Naming)),
    "narrow-traces": ("traces", after("f", shows=Form)),
    "back-up": ("backups", after("b", shows=Form)),
    "delete-set": ("backups", after("end", "up", "x", shows=Naming)),
    "sweep": ("retention", after("w", shows=Naming)),
}
OF_A_CONTEXT: dict[str, Act] = {
    "mint-key": after("enter", shows=ContextScreen, then=after("m", shows=Form)),
    "edit-config": after("enter", shows=ContextScreen, then=after("e", shows=Form)),
    "rotate-key": after("enter", shows=ContextScreen, then=after("o", shows=Asking)),
    "revoke-key": after("enter", shows=ContextScreen, then=after("x", shows=Naming)),
    "secret": after("enter", shows=ContextScreen, then=a_secret),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_dialog(snap_compare: Compare, name: str) -> None:
    place, act = DIALOGS[name]
    assert snap_compare(filled().dashboard(place, writes=True), terminal_size=SMALL, run_before=act)


@pytest.mark.parametrize("name", OF_A_CONTEXT)
def test_dialog_of_a_context(snap_compare: Compare, name: str) -> None:
    dashboard = filled().dashboard("contexts", writes=True)
    assert snap_compare(dashboard, terminal_size=SMALL, run_before=OF_A_CONTEXT[name])


def test_help_that_is_read_only(snap_compare: Compare) -> None:
    dashboard = filled().dashboard("contexts")
    assert snap_compare(dashboard, terminal_size=MIDDLE, run_before=after("question_mark", shows=Help))


def test_the_palette_finds_an_action_by_its_words(snap_compare: Compare) -> None:
    async def searched(pilot: Pilot[Any]) -> None:
        await pilot.press(*"export")
        palette = pilot.app.screen
        await until(pilot, lambda: bool(palette.query("OptionList").first().display))
        await pilot.pause(0.3)
        await still(pilot)

    dashboard = filled().dashboard("contexts")
    act = after("ctrl+p", shows=CommandPalette, then=searched)
    assert snap_compare(dashboard, terminal_size=SMALL, run_before=act)
