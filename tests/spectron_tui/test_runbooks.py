"""Pages are found, their commands copied and run, and what was run is written up."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Log, Static

from runbooks.library import Library
from runbooks.page import HEADINGS, Page
from spectron_tui.app import Dashboard
from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.form import Form
from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import Installed, Said
from spectron_tui.programs.variables import filled_in, known
from spectron_tui.screens.output import OutputScreen
from spectron_tui.screens.runbook import RunbookScreen
from spectron_tui.screens.runbooks import RunbooksScreen
from spectron_tui.screens.runlog import RunLogScreen
from spectron_tui.widgets.pane import Pane
from spectron_tui.widgets.step import Step
from tests.spectron_tui.surroundings import NOW, refusing, surroundings, until

FIRST_LOOK = """Read it, of `$CONTEXT`:

```sh
echo looked at $CONTEXT; exit 3
```
```text
exit code 3
looked at …
```

And then:

```sh
echo second | tr a-z A-Z
```"""
FIX = """```sh change
echo $NEW_SECRET > mended
```

See [the other page](other.md)."""
WIDE = (120, 40)


def page(slug: str, title: str, *, fix: str = "Nothing to do.", look: str = "Look.") -> Page:
    texts = dict.fromkeys(HEADINGS, "Words.") | {"First look": look, "Fix": fix, "How it shows": f"It is {title}."}
    return Page.parse(slug, f"# {title}\n\n" + "\n\n".join(f"## {name}\n\n{text}" for name, text in texts.items()))


LIBRARY = Library([page("broken", "It is broken", fix=FIX, look=FIRST_LOOK), page("other", "Another incident")])


def dashboard_of(folder: Path, *, writes: bool) -> Dashboard:
    given = surroundings(refusing(), writes=writes, exports=folder, programs=Installed(folder), repository="/srv/sets")
    dashboard = Dashboard(given, place="runbooks")
    dashboard.desk.library = LIBRARY
    return dashboard


@pytest.fixture
def writing(tmp_path: Path) -> Dashboard:
    return dashboard_of(tmp_path, writes=True)


@pytest.fixture
def looking(tmp_path: Path) -> Dashboard:
    return dashboard_of(tmp_path, writes=False)


async def opened(pilot: Pilot[int], dashboard: Dashboard, step: int) -> RunbookScreen:
    """The page that is broken, with the focus on one of its commands."""
    dashboard.open_runbook("broken")
    await until(pilot, lambda: isinstance(dashboard.screen, RunbookScreen) and len(dashboard.screen.query(Step)) == 3)
    screen = dashboard.screen
    assert isinstance(screen, RunbookScreen)
    screen.query(Step)[step].focus()
    await pilot.pause()
    return screen


async def filled(pilot: Pilot[int], value: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Form))
    pilot.app.screen.query_one(Input).value = value
    await pilot.press("enter")


async def ended(pilot: Pilot[int], dashboard: Dashboard, screen: RunbookScreen) -> str:
    """What the pane shows when the command has ended."""
    await until(pilot, lambda: bool(dashboard.desk.runs.log) and dashboard.desk.runs.log[-1].ended)
    pane = screen.query_one(Pane)
    await until(pilot, lambda: "▶" not in str(pane.query_one("#run", Static).content))
    return "\n".join([str(pane.query_one("#run", Static).content), *pane.query_one(Log).lines])


async def test_pages_are_found_by_what_stands_in_them(looking: Dashboard) -> None:
    async with looking.run_test(size=WIDE) as pilot:
        screen = looking.screen
        assert isinstance(screen, RunbooksScreen)
        await until(pilot, lambda: len(screen.table.shown) == 2)
        await pilot.press("slash", *"looked")
        await until(pilot, lambda: [row.key for row in screen.table.shown] == ["broken"])
        assert "It is It is broken." in str(screen.query_one("#shows", Static).content)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(looking.screen, RunbookScreen))


async def test_a_command_that_reads_is_run_even_where_nothing_may_be_changed(looking: Dashboard) -> None:
    async with looking.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, looking, 0)
        await pilot.press("enter")
        await filled(pilot, "acme; touch made")
        said = await ended(pilot, looking, screen)
        assert "exit code 3" in said
        assert "looked at acme; touch made" in said
        assert "exit code 3" in str(screen.query(Step)[0].render())
        screen.query(Step)[1].focus()
        await pilot.press("enter")
        await until(pilot, lambda: len(looking.desk.runs.log) == 2 and looking.desk.runs.log[1].ended)
        assert "SECOND" in await ended(pilot, looking, screen)
    assert not (looking.surroundings.exports / "made").exists()


async def test_a_changing_command_is_not_run_where_nothing_may_be_changed(looking: Dashboard, tmp_path: Path) -> None:
    async with looking.run_test(size=WIDE) as pilot:
        await opened(pilot, looking, 2)
        await pilot.press("enter")
        await until(pilot, lambda: any("--write" in note.message for note in looking._notifications))
    assert looking.desk.runs.log == []
    assert not (tmp_path / "mended").exists()


async def test_a_changing_command_is_shown_and_confirmed_first(writing: Dashboard, tmp_path: Path) -> None:
    async with writing.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, writing, 2)
        for keys in (("enter",), ("tab", "enter")):
            await pilot.press("enter")
            await filled(pilot, "hush")
            await until(pilot, lambda: isinstance(writing.screen, Asking))
            shown = " ".join(str(part.content) for part in writing.screen.query(Static))
            assert "> mended" in shown
            assert "hush" not in shown
            assert not (tmp_path / "mended").exists()
            await pilot.press(*keys)
            await until(pilot, lambda: writing.screen is screen)
        await ended(pilot, writing, screen)
    assert (tmp_path / "mended").read_text() == "hush\n"
    assert "hush" not in json.dumps(writing.desk.timeline())
    assert writing.desk.filled == {}


async def test_a_command_is_copied_filled_in(looking: Dashboard) -> None:
    looking.target = replace(looking.target, context="acme")
    async with looking.run_test(size=WIDE) as pilot:
        await opened(pilot, looking, 0)
        await pilot.press("y")
        assert looking.clipboard == "echo looked at acme; exit 3"


async def test_what_was_run_and_noted_is_written_up(looking: Dashboard) -> None:
    async with looking.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, looking, 1)
        await pilot.press("enter")
        await ended(pilot, looking, screen)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(looking.screen, OutputScreen))
        await pilot.press("escape", "l")
        await until(pilot, lambda: isinstance(looking.screen, RunLogScreen))
        await pilot.press("n")
        await filled(pilot, "Told the customer | by phone")
        log = looking.screen
        assert isinstance(log, RunLogScreen)
        await until(pilot, lambda: len(log.table.shown) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(looking.screen, OutputScreen))
        await pilot.press("escape", "e")
        await pilot.pause()
    written = looking.surroundings.exports / f"spectron-timeline-{NOW:%Y%m%dT%H%M%SZ}.md"
    text = written.read_text()
    assert "| `echo second \\| tr a-z A-Z` (broken) | exit code 0 after 0.0 s |" in text
    assert "Told the customer \\| by phone" in text
    entries = json.loads(written.with_suffix(".json").read_text())["entries"]
    assert [entry.get("exit_code") for entry in entries] == [0, None]


async def test_what_is_at_work_is_ended_after_a_question(looking: Dashboard) -> None:
    looking.desk.library = Library([page("broken", "Slow", look="```sh\nsleep 600\n```\n\n```sh\ntrue\n```", fix=FIX)])
    async with looking.run_test(size=WIDE) as pilot:
        await opened(pilot, looking, 0)
        await pilot.press("enter", "E")
        await until(pilot, lambda: isinstance(looking.screen, Asking))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: looking.desk.runs.log[0].ended)


async def test_a_link_opens_the_page_it_leads_to(looking: Dashboard) -> None:
    async with looking.run_test(size=WIDE) as pilot:
        looking.open_runbook("other")
        await until(pilot, lambda: isinstance(looking.screen, RunbookScreen) and looking.screen.page.slug == "other")
        looking.open_runbook("nowhere")
        await until(pilot, lambda: any("no runbook nowhere" in note.message for note in looking._notifications))


class Counted:
    """Programs of which none should be started."""

    def __init__(self) -> None:
        self.started: list[Command] = []

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:  # noqa: ARG002 (the interface)
        self.started.append(command)
        return 0


async def test_no_shipped_page_starts_a_changing_process_in_read_only_mode(tmp_path: Path) -> None:
    counted = Counted()
    dashboard = Dashboard(surroundings(refusing(), exports=tmp_path, programs=counted), place="runbooks")
    steps = [(page, step) for page in dashboard.desk.library.pages for step in page.commands if step.changes]
    assert steps
    async with dashboard.run_test(size=WIDE) as pilot:
        for each, step in steps:
            dashboard.desk.start(Command(("sh", "-c", step.text), "Try", changes=True), page=each.slug)
        await until(pilot, lambda: not dashboard.desk.runs.active)
    assert counted.started == []
    assert all("--write" in (run.problem or "") for run in dashboard.desk.runs.log)


@pytest.mark.parametrize("each", Library.shipped().pages, ids=lambda each: each.slug)
async def test_every_page_can_be_shown_with_all_of_its_commands(each: Page, tmp_path: Path) -> None:
    dashboard = Dashboard(surroundings(refusing(), exports=tmp_path), place="runbooks")
    async with dashboard.run_test(size=(80, 24)) as pilot:
        dashboard.open_runbook(each.slug)
        await until(pilot, lambda: isinstance(dashboard.screen, RunbookScreen))
        assert [step.command for step in dashboard.screen.query(Step)] == [*each.commands]


def test_values_stand_in_the_command_as_one_word_and_secrets_not_at_all() -> None:
    text = "spectronctl x $CONTEXT --key ${API_KEY} $OTHER $(date)"
    assert filled_in(text, {"CONTEXT": "a b", "API_KEY": "hush"}) == "spectronctl x 'a b' --key •••• $OTHER $(date)"


def test_what_the_dashboard_knows_is_offered() -> None:
    environ = {"SPECTRON_DATA_DIR": "/data", "PATH": os.defpath}
    assert known(environ, "/srv/sets", "acme") == {
        "CONTEXT": "acme",
        "REPOSITORY": "/srv/sets",
        "DATA": "/data",
        "SET": "latest",
    }
