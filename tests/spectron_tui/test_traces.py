"""What was asked is found, narrowed and followed to its evidence."""

from textual.pilot import Pilot
from textual.widgets import Input, Tree

from spectron_tui.app import Dashboard
from spectron_tui.dialogs.form import Form
from spectron_tui.screens.trace import TraceScreen
from spectron_tui.screens.traces import TracesScreen
from tests.spectron_tui.surroundings import until
from tests.support.app import App


async def asked(acme: App) -> None:
    """A fact, and two questions about it."""
    for path, body in (
        ("facts", {"text": "Ana lives in Lyon.", "scope": {"user": "ana"}}),
        ("query", {"query": "Where does Ana live?", "scope": {"user": "ana"}}),
        ("query", {"query": "ferries and bicycles", "scope": {"user": "ana"}}),
    ):
        assert (await acme.http.post(f"/api/v1/acme/{path}", json=body)).is_success


async def traces(pilot: Pilot[int], *queries: str) -> TracesScreen:
    def shown() -> list[str]:
        screen = pilot.app.screen
        if not isinstance(screen, TracesScreen):
            return []
        screen.ask()
        return [row.cells[-1] for row in screen.table.shown if row.cells[2] == "query"]

    await until(pilot, lambda: sorted(shown()) == sorted(queries))
    screen = pilot.app.screen
    assert isinstance(screen, TracesScreen)
    return screen


async def test_the_newest_are_listed_and_narrowed_by_tier(looking: Dashboard, acme: App) -> None:
    await asked(acme)
    async with looking.run_test(size=(100, 30)) as pilot:
        await pilot.press("4")
        await traces(pilot, "Where does Ana live?", "ferries and bicycles")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(looking.screen, Form))
        looking.screen.query_one("#tier", Input).value = "direct"
        looking.screen.query_one("#slower", Input).focus()
        await pilot.press("enter")
        screen = await traces(pilot, "Where does Ana live?")
        assert str(screen.narrowing) == "tier direct"


async def test_a_trace_shows_its_candidates_and_what_was_returned(looking: Dashboard, acme: App) -> None:
    await asked(acme)
    async with looking.run_test(size=(120, 40)) as pilot:
        await pilot.press("4")
        screen = await traces(pilot, "Where does Ana live?", "ferries and bicycles")
        key = next(row.key for row in screen.table.shown if row.cells[-1] == "Where does Ana live?")
        screen.table.find(key)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(looking.screen, TraceScreen))
        detail = looking.screen
        assert isinstance(detail, TraceScreen)
        await until(pilot, lambda: detail.snapshot.value is not None)
        labels = [str(node.label) for node in detail.query_one(Tree).root.children]
        assert "asked: Where does Ana live?" in labels
        assert any(label.startswith("tier direct") for label in labels)
        assert any(label.startswith("returned (") for label in labels)
        await pilot.press("y")
        assert looking.clipboard == key.removeprefix("acme/")


async def test_following_keeps_to_the_newest(looking: Dashboard, acme: App) -> None:
    await asked(acme)
    async with looking.run_test(size=(100, 30)) as pilot:
        await pilot.press("4")
        screen = await traces(pilot, "Where does Ana live?", "ferries and bicycles")
        screen.table.action_to(2)
        await pilot.press("F")
        assert screen.table.cursor == 0
