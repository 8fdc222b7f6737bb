"""Documents from upload to searchable, by keys alone, against a server that works its queue off."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from spectron_tui.app import Dashboard
from spectron_tui.dialogs.form import Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.screens.document import DocumentScreen
from spectron_tui.screens.ingestion import IngestionScreen, files
from tests.spectron_tui.surroundings import surroundings, until
from tests.support.app import App, running

TEXT = "The harbour of Lisbon opens at six. Ferries leave every twenty minutes and carry bicycles for free.\n"


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path / "server", works=True) as app:
        await app.context()
        yield app


@pytest.fixture
def dashboard(acme: App, tmp_path: Path) -> Dashboard:
    transport = httpx.ASGITransport(acme.server.api)
    return Dashboard(
        surroundings(transport, key=acme.key, writes=True, now=acme.clock.now, exports=tmp_path), place="ingestion"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents that can be read, one that can't, and one that is hidden."""
    found = tmp_path / "handbook"
    (found / "more").mkdir(parents=True)
    (found / "harbour.txt").write_text(TEXT)
    (found / "more" / "ferry.md").write_text("# Ferry\n\n" + TEXT.replace("Lisbon", "Porto"))
    (found / "broken.pdf").write_bytes(bytes(range(256)))
    (found / ".hidden.txt").write_text("not meant to be read")
    return found


def screen_of(pilot: Pilot[int]) -> IngestionScreen:
    screen = pilot.app.screen
    assert isinstance(screen, IngestionScreen)
    return screen


async def shown(pilot: Pilot[int], expected: dict[str, str]) -> IngestionScreen:
    """Ask again and again until the documents have come that far."""

    def statuses() -> dict[str, str]:
        screen = pilot.app.screen
        if not isinstance(screen, IngestionScreen):
            return {}
        screen.ask()
        return {item.document.filename or "": item.document.status for item in screen.snapshot.items.value or ()}

    await until(pilot, lambda: statuses() == expected)
    return screen_of(pilot)


async def uploaded(pilot: Pilot[int], path: Path) -> None:
    await pilot.press("u")
    await until(pilot, lambda: isinstance(pilot.app.screen, Form))
    for field, value in (("context", "acme"), ("path", str(path))):
        pilot.app.screen.query_one(f"#{field}", Input).value = value
    pilot.app.screen.query_one("#scope", Input).focus()
    await pilot.press("enter")


async def test_a_folder_is_uploaded_and_followed_until_it_is_ready(dashboard: Dashboard, folder: Path) -> None:
    async with dashboard.run_test(size=(100, 30)) as pilot:
        await uploaded(pilot, folder)
        screen = await shown(pilot, {"harbour.txt": "ready", "ferry.md": "ready", "broken.pdf": "failed"})
        first = screen.table.shown[0]
        assert first.cells[2] == "failed"
        screen.table.find(first.key)
        await pilot.pause()
        assert "broken" in str(screen.query_one("#reason", Static).content)


async def test_a_document_is_opened_down_to_its_chunks(dashboard: Dashboard, folder: Path) -> None:
    async with dashboard.run_test(size=(100, 30)) as pilot:
        await uploaded(pilot, folder / "harbour.txt")
        await shown(pilot, {"harbour.txt": "ready"})
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, DocumentScreen))
        screen = dashboard.screen
        assert isinstance(screen, DocumentScreen)
        await until(pilot, lambda: bool(screen.table.shown) and bool(screen.snapshot.keywords.value))
        assert "Ferries leave" in str(screen.query_one("#text", Static).content)
        await pilot.press("T")
        assert "Ferries leave" in dashboard.clipboard
        await pilot.press("escape")
        screen_of(pilot)


async def test_what_failed_is_processed_once_more(dashboard: Dashboard, acme: App, folder: Path) -> None:
    async with dashboard.run_test(size=(100, 30)) as pilot:
        await uploaded(pilot, folder / "broken.pdf")
        screen = await shown(pilot, {"broken.pdf": "failed"})
        before = (await acme.http.get("/api/v1/jobs")).json()["jobs"]
        await pilot.press("t")
        await until(pilot, lambda: any("once more" in note.message for note in dashboard._notifications))
        after = (await acme.http.get("/api/v1/jobs")).json()["jobs"]
        assert len(after) > len(before) or after[0]["attempts"] != before[0]["attempts"]
        assert screen.table.row is not None


async def test_a_document_goes_only_when_its_title_was_typed(dashboard: Dashboard, folder: Path) -> None:
    async with dashboard.run_test(size=(100, 30)) as pilot:
        await uploaded(pilot, folder / "harbour.txt")
        screen = await shown(pilot, {"harbour.txt": "ready"})
        title = screen.table.shown[0].cells[0]
        await pilot.press("d")
        await until(pilot, lambda: isinstance(dashboard.screen, Naming))
        dashboard.screen.query_one(Input).focus()
        dashboard.screen.query_one(Input).value = title
        await pilot.press("enter")
        await shown(pilot, {})


async def test_a_path_that_is_not_there_is_said_in_the_form(dashboard: Dashboard, tmp_path: Path) -> None:
    async with dashboard.run_test(size=(100, 30)) as pilot:
        await uploaded(pilot, tmp_path / "nowhere")
        await pilot.pause()
        assert isinstance(dashboard.screen, Form)
        assert "There is nothing at" in str(dashboard.screen.query_one(".wrong", Static).content)


def test_hidden_files_are_left_out(folder: Path) -> None:
    assert [path.name for path in files(str(folder))] == ["broken.pdf", "harbour.txt", "ferry.md"]
