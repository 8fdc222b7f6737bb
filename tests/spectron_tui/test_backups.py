"""Backup sets, by keys alone, with the real `spectron-ops` on a folder of the test."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Log, Static

from ops.repository.directory import DirectoryStorage
from ops.repository.location import FolderLocation
from ops.repository.manifest import Manifest
from ops.repository.sets import Repository
from spectron_tui.app import Dashboard
from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.form import Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.dialogs.sheet import Sheet
from spectron_tui.programs.command import Command
from spectron_tui.programs.programs import Installed
from spectron_tui.screens.backups import BackupsScreen
from spectron_tui.screens.output import OutputScreen
from spectron_tui.widgets.pane import Pane
from tests.ops.deployment import Deployment, serving
from tests.ops.sets import write_set
from tests.spectron_tui.surroundings import refusing, surroundings, until

LONG = Command((sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(600)"), "Wait", changes=True)
WIDE = (140, 40)
pytestmark = pytest.mark.e2e


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    with serving() as started:
        started.fill("acme", 30)
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "nightly"
    path.mkdir()
    return path


def repository(folder: Path, *, days_ago: float = 0) -> Repository:
    now = datetime.now(UTC) - timedelta(days=days_ago)
    return Repository(DirectoryStorage(FolderLocation(folder)), lambda: now)


def dashboard_of(folder: Path | None, deployment: Deployment, *, writes: bool = True) -> Dashboard:
    return Dashboard(
        surroundings(
            refusing(),
            key="mgmt-id-secret",
            url=deployment.url,
            writes=writes,
            now=lambda: datetime.now(UTC),
            programs=Installed(Path.cwd()),
            repository=str(folder) if folder else None,
        ),
        place="backups",
    )


@pytest.fixture
def dashboard(folder: Path, deployment: Deployment) -> Dashboard:
    return dashboard_of(folder, deployment)


def screen_of(pilot: Pilot[int]) -> BackupsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, BackupsScreen)
    return screen


async def listed(pilot: Pilot[int], *ids: str) -> BackupsScreen:
    """The screen, once it shows those sets and what pruning would do with them."""
    screen = screen_of(pilot)

    def shown() -> bool:
        return [row.key for row in screen.table.shown] == list(ids) and screen.snapshot.decisions.taken_at is not None

    await until(pilot, shown)
    return screen


async def ended(pilot: Pilot[int], dashboard: Dashboard) -> str:
    """What the pane says when the last command has ended."""
    await until(pilot, lambda: bool(dashboard.desk.runs.log) and dashboard.desk.runs.log[-1].ended)
    pane = screen_of(pilot).query_one(Pane)
    await until(pilot, lambda: "▶" not in str(pane.query_one("#run", Static).content))
    return "\n".join([str(pane.query_one("#run", Static).content), *pane.query_one(Log).lines])


async def typed(pilot: Pilot[int], text: str) -> None:
    pilot.app.screen.query_one(Input).value = text
    pilot.app.screen.query_one(Input).focus()
    await pilot.press("enter")


def old_and_new(folder: Path) -> tuple[Manifest, Manifest]:
    """A set that pruning deletes, and a newer one."""
    return (
        write_set(repository(folder, days_ago=400), {"acme": 3}),
        write_set(repository(folder, days_ago=1), {"acme": 4}),
    )


async def test_without_a_repository_it_says_how_to_name_one(deployment: Deployment) -> None:
    dashboard = dashboard_of(None, deployment)
    async with dashboard.run_test(size=(80, 24)) as pilot:
        notice = screen_of(pilot).query_one("#sets-notice", Static)
        await until(pilot, lambda: "--repository" in str(notice.content))
        assert "spectronctl login" in str(notice.content)
        await until(pilot, lambda: notice.size.height == notice.get_content_height(notice.size, notice.size, 78))
        await pilot.press("b")
        await until(pilot, lambda: bool(dashboard._notifications))
        assert dashboard.desk.runs.log == []


async def test_each_set_says_how_far_it_can_be_relied_on(dashboard: Dashboard, folder: Path) -> None:
    old, new = old_and_new(folder)
    marks = repository(folder).marks
    marks.hold(new.id, "audit 2026")
    marks.verified(old.id, "2 files are not as they were written", passed=False)
    async with dashboard.run_test(size=WIDE) as pilot:
        screen = await listed(pilot, new.id, old.id)
        first, second = screen.table.shown
        assert first.cells[1:3] == ("1d", "good")
        assert first.cells[6:] == ("kept", "held: audit 2026")
        assert second.cells[4].startswith("✗")
        assert second.cells[6:] == ("goes", "older than 365 days")
        assert "newest good set 1d ago · ✗ no drill has passed" in str(screen.query_one("#repository", Static).content)
        assert "Held" in str(screen.query_one("#about", Static).content)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, Sheet))
        assert "acme" in str(dashboard.screen.query_one("#text", Static).content)


async def test_a_backup_is_made_and_its_result_told(dashboard: Dashboard, folder: Path) -> None:
    async with dashboard.run_test(size=WIDE) as pilot:
        await pilot.press("b")
        await until(pilot, lambda: isinstance(dashboard.screen, Form))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(dashboard.screen, BackupsScreen))
        said = await ended(pilot, dashboard)
        assert "✓ Back up · exit code 0" in said
        assert "30 rows" in said
        (made,) = repository(folder).listing().sets
        await listed(pilot, made.id)
        assert [dump.context for dump in made.contexts] == ["acme"]


async def test_a_damaged_set_is_found_by_a_check(dashboard: Dashboard, folder: Path) -> None:
    made = write_set(repository(folder), {"acme": 3})
    repository(folder).storage.put(made.contexts[0].file.name, b"rubbish")
    async with dashboard.run_test(size=WIDE) as pilot:
        screen = await listed(pilot, made.id)
        await pilot.press("c")
        said = await ended(pilot, dashboard)
        assert "exit code 1" in said
        assert "✗ 1 of 2 files" in said
        await until(pilot, lambda: screen.table.shown[0].cells[4].startswith("✗"))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(dashboard.screen, OutputScreen))
        await pilot.press("y")
        assert dashboard.clipboard.startswith(f"$ spectron-ops backup verify {made.id}")
        assert "✗ 1 of 2 files" in dashboard.clipboard
        await pilot.press("Y")
        assert '"problem"' in dashboard.clipboard


def marked_as_held(screen: BackupsScreen) -> bool:
    """The list of sets knows of the mark; what pruning would do is asked for after it, and may know it earlier."""
    listing = screen.snapshot.listing.value
    return listing is not None and listing.sets[0].marks.get("held") is not None


async def test_a_set_is_held_and_let_go(dashboard: Dashboard, folder: Path) -> None:
    made = write_set(repository(folder), {"acme": 3})
    async with dashboard.run_test(size=WIDE) as pilot:
        screen = await listed(pilot, made.id)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(dashboard.screen, Form))
        await typed(pilot, "audit 2026")
        await ended(pilot, dashboard)
        await until(pilot, lambda: "held: audit 2026" in screen.table.shown[0].cells[7] and marked_as_held(screen))
        await pilot.press("h")
        await until(pilot, lambda: isinstance(dashboard.screen, Asking))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "the newest good set" in screen.table.shown[0].cells[7])
    assert repository(folder).marks.of(made.id).held is None


async def test_pruning_shows_first_what_goes_and_wants_the_name(dashboard: Dashboard, folder: Path) -> None:
    old, new = old_and_new(folder)
    async with dashboard.run_test(size=WIDE) as pilot:
        await listed(pilot, new.id, old.id)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(dashboard.screen, Naming))
        assert isinstance(dashboard.focused, Button)
        assert dashboard.focused.id == "cancel"
        await typed(pilot, "night")
        assert isinstance(dashboard.screen, Naming)
        assert len(repository(folder).listing().sets) == 2
        await typed(pilot, "nightly")
        assert "1 gone, 1 kept" in await ended(pilot, dashboard)
        await listed(pilot, new.id)
    assert [one.id for one in repository(folder).listing().sets] == [new.id]


async def test_where_every_set_is_kept_there_is_nothing_to_confirm(dashboard: Dashboard, folder: Path) -> None:
    made = write_set(repository(folder), {"acme": 3})
    async with dashboard.run_test(size=WIDE) as pilot:
        await listed(pilot, made.id)
        await pilot.press("x")
        await until(pilot, lambda: any("Nothing to prune" in note.message for note in dashboard._notifications))


async def test_a_drill_takes_the_set_and_the_key(dashboard: Dashboard, folder: Path) -> None:
    made = write_set(repository(folder), {"acme": 3})
    async with dashboard.run_test(size=WIDE) as pilot:
        await listed(pilot, made.id)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(dashboard.screen, Form))
        await typed(pilot, str(folder / "no.key"))
        said = await ended(pilot, dashboard)
        assert "✗ Drill" in said
        assert "Can't read the master key" in said


async def test_a_command_survives_the_change_of_screens_and_is_ended_on_request(dashboard: Dashboard) -> None:
    async with dashboard.run_test(size=WIDE) as pilot:
        run = dashboard.desk.start(LONG)
        await until(pilot, lambda: run.said > 0)
        await pilot.press("2", "1", "6")
        assert not run.ended
        await pilot.press("q")
        await until(pilot, lambda: isinstance(dashboard.screen, Asking))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, BackupsScreen))
        assert not run.ended
        await pilot.press("q")
        await until(pilot, lambda: isinstance(dashboard.screen, Asking))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: run.ended)
    assert dashboard.return_value == 0


async def test_the_command_at_work_is_ended_after_a_question(dashboard: Dashboard, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.yaml"
    schedule.write_text("state: state.json\njobs: {weekly: {run: backup verify latest, every: week}}\n")
    async with dashboard.run_test(size=WIDE) as pilot:
        words = ("spectron-ops", "schedule", "run", "--config", str(schedule))
        run = dashboard.desk.start(Command(words, "Keep the jobs", changes=True))
        await until(pilot, lambda: run.said > 0)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(dashboard.screen, Asking))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: run.ended)
        assert "not done" in await ended(pilot, dashboard)
