"""The deployment at a glance, from a whole server."""

from dataclasses import replace

from textual.pilot import Pilot
from textual.widgets import Static

from runbooks.library import Library
from spectron_tui.app import Dashboard
from spectron_tui.dialogs.choice import Choice
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.overview import OverviewScreen
from spectron_tui.screens.runbook import RunbookScreen
from tests.spectron_tui.surroundings import refusing, surroundings, until
from tests.spectron_tui.test_runbooks import page
from tests.spectron_tui.test_traces import asked
from tests.support.app import App


async def seen(pilot: Pilot[int]) -> OverviewScreen:
    screen = pilot.app.screen
    assert isinstance(screen, OverviewScreen)
    await until(pilot, lambda: bool(screen.snapshot.tenants.value))
    return screen


def text(screen: OverviewScreen, part: str) -> str:
    return str(screen.query_one(f"#{part}", Static).content)


async def test_requests_are_counted_minute_by_minute(looking: Dashboard, acme: App) -> None:
    async with looking.run_test(size=(80, 24)) as pilot:
        screen = await seen(pilot)
        assert "-" in text(screen, "load").splitlines()[0]
        for _ in range(30):
            await acme.http.get("/api/v1/acme/documents")
        acme.clock.advance(60)
        await pilot.press("r")
        await until(pilot, lambda: "/min" in text(screen, "load"))
        lines = text(screen, "load").splitlines()
        assert int(lines[0].split()[1].removesuffix("/min")) >= 30
        assert lines[1].split()[1] == "0.0%"
        assert all(len(line) <= 78 for line in lines)
        assert "█" in lines[0]


async def test_the_last_hour_tells_which_tiers_answered(looking: Dashboard, acme: App) -> None:
    await asked(acme)
    async with looking.run_test(size=(160, 40)) as pilot:
        screen = await seen(pilot)
        await until(pilot, lambda: "2 in the last hour" in text(screen, "answers"))
        (row,) = screen.table.shown
        assert "direct 50%" in row.cells[-1]
        assert "Tiers, last hour" in screen.table.render_line(0).text


async def test_columns_that_do_not_fit_are_left_out(looking: Dashboard) -> None:
    async with looking.run_test(size=(80, 24)) as pilot:
        screen = await seen(pilot)
        assert "Tiers" not in screen.table.render_line(0).text
        assert "Tokens" in screen.table.render_line(0).text


async def test_a_context_is_opened(looking: Dashboard) -> None:
    async with looking.run_test(size=(80, 24)) as pilot:
        await seen(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(looking.screen, ContextScreen))


async def test_where_nothing_is_wrong_there_is_no_runbook_to_open(looking: Dashboard) -> None:
    async with looking.run_test(size=(80, 24)) as pilot:
        screen = await seen(pilot)
        assert "● Nothing is wrong." in text(screen, "troubles")
        await pilot.press("w")
        await until(pilot, lambda: any("Nothing is wrong" in note.message for note in looking._notifications))


def shelf(*slugs: str) -> Library:
    return Library([page(slug, slug.capitalize()) for slug in slugs])


async def test_the_runbook_of_what_is_wrong_is_one_key_away(looking: Dashboard) -> None:
    dashboard = Dashboard(replace(looking.surroundings, repository="/srv/sets"))
    dashboard.desk.library = shelf("backup-failed")
    async with dashboard.run_test(size=(80, 24)) as pilot:
        screen = await seen(pilot)
        await until(pilot, lambda: "✗ The backups can't be listed" in text(screen, "troubles"))
        assert text(screen, "backups").startswith("backups  ✗")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(dashboard.screen, RunbookScreen))
        assert isinstance(dashboard.screen, RunbookScreen)
        assert dashboard.screen.page.slug == "backup-failed"


async def test_of_several_troubles_one_is_chosen() -> None:
    dashboard = Dashboard(surroundings(refusing(), repository="/srv/sets"))
    dashboard.desk.library = shelf("backup-failed", "full-disaster")
    async with dashboard.run_test(size=(80, 24)) as pilot:
        screen = dashboard.screen
        assert isinstance(screen, OverviewScreen)
        await until(pilot, lambda: len(screen.troubles()) == 2)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(dashboard.screen, Choice))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(dashboard.screen, RunbookScreen))
        assert isinstance(dashboard.screen, RunbookScreen)
        assert dashboard.screen.page.slug == "backup-failed"
