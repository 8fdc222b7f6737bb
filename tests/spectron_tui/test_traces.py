"""What was asked is found, narrowed and followed to its evidence."""

from textual.pilot import Pilot
from textual.widgets import Input, Static, Tree

from spectron_tui.app import Dashboard
from spectron_tui.dialogs.choice import Choice
from spectron_tui.dialogs.form import Form
from spectron_tui.screens.entity import EntityScreen
from spectron_tui.screens.trace import TraceScreen
from spectron_tui.screens.traces import TracesScreen
from spectron_tui.widgets.table import Table
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


async def test_an_entity_that_is_cited_opens_with_its_history(looking: Dashboard, acme: App) -> None:
    await asked(acme)
    moved = {"text": "Ana lives in Porto.", "scope": {"user": "ana"}}
    assert (await acme.http.post("/api/v1/acme/facts", json=moved)).is_success
    async with looking.run_test(size=(120, 40)) as pilot:
        await pilot.press("4")
        screen = await traces(pilot, "Where does Ana live?", "ferries and bicycles")
        screen.table.find(next(row.key for row in screen.table.shown if row.cells[-1] == "Where does Ana live?"))
        await pilot.press("enter")
        await until(
            pilot, lambda: isinstance(looking.screen, TraceScreen) and looking.screen.snapshot.value is not None
        )
        tree = looking.screen.query_one(Tree)
        branch = next(node for node in tree.root.children if str(node.label).startswith("entities"))
        leaf = next(node for node in branch.children if "Ana" in str(node.label))
        await until(pilot, lambda: leaf.line >= 0)
        tree.move_cursor(leaf)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(looking.screen, EntityScreen))
        entity = looking.screen
        assert isinstance(entity, EntityScreen)
        await until(pilot, lambda: len(entity.table.shown) >= 2)
        values = [(row.cells[1], row.cells[2]) for row in entity.table.shown if row.cells[0] == "location"]
        assert values == [("Porto", "current"), ("Lyon", "before")]
        assert entity.query_one("#relations", Table).shown
        await pilot.press("T")
        assert looking.clipboard == entity.table.shown[0].cells[1]


async def test_they_are_narrowed_to_a_key_and_to_a_context(looking: Dashboard, acme: App) -> None:
    await asked(acme)
    await acme.context("beta")
    key = await acme.mint(name="bot")
    agent = await acme.client(key["secret"])
    assert (await agent.post("/api/v1/acme/query", json={"query": "whose bicycle"})).is_success
    assert (await acme.http.post("/api/v1/beta/query", json={"query": "of another Context"})).is_success
    everything = ("Where does Ana live?", "ferries and bicycles", "whose bicycle", "of another Context")
    async with looking.run_test(size=(100, 30)) as pilot:
        await pilot.press("4")
        await traces(pilot, *everything)
        for field, given, expected in (
            ("key", key["id"], ["whose bicycle"]),
            ("context", "beta", ["of another Context"]),
        ):
            await pilot.press("f")
            await until(pilot, lambda: isinstance(looking.screen, Form))
            for line in looking.screen.query(Input):
                line.value = given if line.id == field else ""
            looking.screen.query(Input).last().focus()
            await pilot.press("enter")
            screen = await traces(pilot, *expected)
            assert given in str(screen.query_one("#stats", Static).content)


async def test_one_context_is_looked_at_and_all_of_them_again(looking: Dashboard, acme: App) -> None:
    await asked(acme)
    await acme.context("beta")
    assert (await acme.http.post("/api/v1/beta/query", json={"query": "of another Context"})).is_success
    async with looking.run_test(size=(100, 30)) as pilot:
        for keys, expected in (
            (("down", "down"), ["of another Context"]),
            (("home",), ["Where does Ana live?", "ferries and bicycles", "of another Context"]),
        ):
            await pilot.press("4", "ctrl+k")
            await until(pilot, lambda: isinstance(looking.screen, Choice))
            await pilot.press(*keys, "enter")
            await until(pilot, lambda: not isinstance(looking.screen, Choice))
            await pilot.press("4")
            await traces(pilot, *expected)
    assert looking.target.context is None
