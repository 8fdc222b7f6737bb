"""Whoever names a document or asks a question can write anything; none of it steers the terminal of an operator."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from textual.app import App as TextualApp
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Tree

from spectron_tui.app import Dashboard
from spectron_tui.dialogs.naming import Naming
from spectron_tui.screens.ingestion import IngestionScreen
from spectron_tui.screens.trace import TraceScreen
from spectron_tui.screens.traces import TracesScreen
from spectron_tui.widgets.plain import Plain
from tests.spectron_tui.surroundings import surroundings, until
from tests.support.app import App, running

STRANGE = "\x1b]52;c;ZXZpbA==\x07 \u202eevil [bold]markup[/bold]"
SPELLED = "\\x1b]52;c;ZXZpbA==\\x07 \\x202eevil [bold]markup[/bold]"


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path / "server", works=True) as app:
        await app.context()
        yield app


@pytest.fixture
def dashboard(acme: App) -> Dashboard:
    transport = httpx.ASGITransport(acme.server.api)
    return Dashboard(surroundings(transport, key=acme.key, writes=True, now=acme.clock.now), place="ingestion")


def said(pilot: Pilot[int]) -> str:
    return "\n".join(str(one.content) for one in pilot.app.screen.query(Plain))


class Showing(TextualApp[None]):
    def compose(self) -> ComposeResult:
        yield Plain(STRANGE)


async def test_a_text_is_shown_as_it_is_but_for_what_steers() -> None:
    app = Showing()
    async with app.run_test(size=(120, 4)):
        shown = app.query_one(Plain)
        assert shown.render_line(0).text.rstrip() == SPELLED
        shown.say("nbsp:\xa0, \x9b31m")
        assert shown.render_line(0).text.rstrip() == "nbsp: , \\x9b31m"


async def test_a_notice_in_the_corner_holds_neither_markup_nor_commands(dashboard: Dashboard) -> None:
    async with dashboard.run_test() as pilot:
        dashboard.screen.notify(STRANGE, title=STRANGE)
        await until(pilot, lambda: bool(len(dashboard._notifications)))
        note = next(iter(dashboard._notifications))
        assert (note.message, note.title, note.markup) == (SPELLED, SPELLED, False)


async def test_a_document_whose_title_can_not_be_typed_goes_by_its_id(dashboard: Dashboard, acme: App) -> None:
    given = {"file": ("a.txt", b"The harbour opens at six.")}
    sent = await acme.http.post("/api/v1/acme/documents", files=given, data={"title": STRANGE, "scope": "org/acme"})
    async with dashboard.run_test(size=(100, 30)) as pilot:
        screen = dashboard.screen
        assert isinstance(screen, IngestionScreen)
        await until(pilot, lambda: bool(screen.table.shown))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(dashboard.screen, Naming))
        assert f"Delete {SPELLED}?" in said(pilot)
        assert f"Type {sent.json()['id']} to go on" in said(pilot)
        dashboard.screen.query_one(Input).focus()
        dashboard.screen.query_one(Input).value = sent.json()["id"]
        await pilot.press("enter")
        await until(pilot, lambda: not screen.table.shown)


async def test_a_question_is_spelled_out_in_its_trace(dashboard: Dashboard, acme: App) -> None:
    await acme.http.post("/api/v1/acme/query", json={"query": STRANGE})
    async with dashboard.run_test(size=(100, 30)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: isinstance(dashboard.screen, TracesScreen) and bool(dashboard.screen.table.shown))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, TraceScreen) and dashboard.screen.polls > 0)
        labels = [str(node.label) for node in dashboard.screen.query_one(Tree).root.children]
        assert f"asked: {SPELLED}" in labels
