"""One catalogue of actions, from which everything else derives."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from textual.binding import Binding

from spectron.errors import ArgumentError
from spectron_tui.actions.action import EVERYWHERE, Area, Confirmation
from spectron_tui.actions.bindings import MOVES, keymap, reachable
from spectron_tui.actions.catalogue import ACTIONS
from spectron_tui.app import Dashboard
from spectron_tui.programs import ops
from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import Said, Stream
from spectron_tui.programs.run import Run
from spectron_tui.screens.backups import BackupsScreen
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.contexts import ContextsScreen
from spectron_tui.screens.document import DocumentScreen
from spectron_tui.screens.entity import EntityScreen
from spectron_tui.screens.ingestion import IngestionScreen
from spectron_tui.screens.live import LiveScreen
from spectron_tui.screens.output import OutputScreen
from spectron_tui.screens.overview import OverviewScreen
from spectron_tui.screens.retention import RetentionScreen
from spectron_tui.screens.runbook import RunbookScreen
from spectron_tui.screens.runbooks import RunbooksScreen
from spectron_tui.screens.runlog import RunLogScreen
from spectron_tui.screens.trace import TraceScreen
from spectron_tui.screens.traces import TracesScreen
from spectron_tui.widgets.table import Table
from tests.spectron_tui.surroundings import NOW, Sent, until

SCREENS: tuple[type[LiveScreen[Any]], ...] = (
    OverviewScreen,
    ContextsScreen,
    ContextScreen,
    IngestionScreen,
    DocumentScreen,
    TracesScreen,
    TraceScreen,
    EntityScreen,
    RetentionScreen,
    BackupsScreen,
    OutputScreen,
    RunbooksScreen,
    RunbookScreen,
    RunLogScreen,
)


class Started:
    """Remembers what was to be started, and answers as a repository with one set."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:
        assert environ["SPECTRON_BACKUP_REPOSITORY"] == "/srv/backups"
        self.commands.append(command)
        one = {"id": "20260301T000000Z-ab12cd", "started_at": NOW.isoformat(), "state": "good", "good": True}
        one |= {"complete": True, "contexts": ["acme"], "rows": 1, "bytes": 1, "encrypted": False, "marks": {}}
        said(Stream.OUT, json.dumps({"sets": [one], "damaged": {}, "drills": [], "jobs": []}))
        return 0


def test_ids_are_unique_and_each_action_says_what_it_does() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    for action in ACTIONS:
        assert action.help.endswith("."), action.id
        assert action.keys, action.id


def test_keys_of_a_screen_do_not_clash() -> None:
    assert keymap({}) == {}


def test_no_action_takes_a_key_that_moves_about() -> None:
    own = {key for binding in Table.BINDINGS if isinstance(binding, Binding) for key in binding.key.split(",")}
    assert own <= MOVES
    with pytest.raises(ArgumentError, match="moving about"):
        keymap({"contexts.create": "k"})


def test_what_asks_for_a_name_changes_something() -> None:
    assert all(action.changes for action in ACTIONS if action.confirmation is not Confirmation.NONE)


@pytest.mark.parametrize("screen", SCREENS)
def test_each_screen_can_do_what_the_catalogue_says(screen: type[LiveScreen[Any]]) -> None:
    for action in reachable(screen.AREA):
        owner = Dashboard if action.area in EVERYWHERE else screen
        assert callable(getattr(owner, f"action_{action.method}", None)), action.id


def test_every_area_has_a_screen() -> None:
    assert {screen.AREA for screen in SCREENS} | EVERYWHERE | {Area.TABLE} == set(Area)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"contexts.destroy": "x"}, "no action 'contexts.destroy'"),
        ({"contexts.create": "q"}, "can't both be on the key 'q'"),
        ({"contexts.create": "slash"}, "can't both be on the key 'slash'"),
    ],
)
def test_keys_that_can_not_be_are_refused(chosen: dict[str, str], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        keymap(chosen)


async def test_an_action_moves_to_the_key_that_was_chosen(looking: Dashboard) -> None:
    looking._keys = keymap({"go.contexts": "f9"})
    async with looking.run_test() as pilot:
        await pilot.press("2")
        assert looking.place == "overview"
        await pilot.press("f9")
        assert looking.place == "contexts"


@pytest.mark.parametrize("screen", SCREENS)
async def test_no_action_sends_a_changing_request_in_read_only_mode(
    looking: Dashboard, sent: Sent, screen: type[LiveScreen[Any]]
) -> None:
    opened: dict[type[LiveScreen[Any]], Callable[[], LiveScreen[Any]]] = {
        ContextScreen: lambda: ContextScreen("acme"),
        DocumentScreen: lambda: DocumentScreen("acme", "none"),
        EntityScreen: lambda: EntityScreen("acme", "Person", "none"),
        TraceScreen: lambda: TraceScreen("acme", "none"),
        OutputScreen: lambda: OutputScreen(Run(1, ops.LIST, NOW)),
        RunbookScreen: lambda: RunbookScreen(looking.desk.library.pages[0]),
        RunLogScreen: RunLogScreen,
    }
    started = Started()
    dashboard = Dashboard(replace(looking.surroundings, programs=started, repository="/srv/backups"))
    async with dashboard.run_test(size=(120, 40)) as pilot:
        if screen in opened:
            await dashboard.push_screen(opened[screen]())
        else:
            await dashboard.run_action(f"go_{screen.AREA}")
        await pilot.pause()
        here = dashboard.screen
        assert isinstance(here, screen)
        for action in reachable(screen.AREA):
            if action.area in EVERYWHERE:
                continue
            await dashboard.run_action(action.method, here)
            await pilot.pause()
            if action.changes:
                assert dashboard.screen is here, f"{action.id} opened a dialog"
                assert here.check_action(action.method, ()) is None, action.id
            while dashboard.screen is not here:
                dashboard.pop_screen()
                await pilot.pause()
        await until(pilot, lambda: bool(started.commands))
    assert sent.changing == []
    assert [command for command in started.commands if command.changes] == []


def test_the_walk_in_read_only_mode_leaves_no_changing_action_out() -> None:
    walked = {action.id for screen in SCREENS for action in reachable(screen.AREA) if action.area not in EVERYWHERE}
    assert {action.id for action in ACTIONS if action.changes} <= walked
