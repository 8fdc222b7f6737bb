"""What was destroyed is told with the id of the event that the audit has of it."""

import re
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from spectron_tui.actions.action import Confirmation
from spectron_tui.actions.catalogue import ACTIONS
from spectron_tui.app import Dashboard
from spectron_tui.dialogs.naming import Naming
from spectron_tui.dialogs.secret import Secret
from spectron_tui.screens.ingestion import IngestionScreen
from tests.spectron_tui.surroundings import until
from tests.spectron_tui.test_contexts import contexts, opened, said, typed
from tests.spectron_tui.test_retention import DAYS, edited, remembered
from tests.spectron_tui.test_retention import screen_of as retention_of
from tests.support.app import App

TOLD = re.compile(r"Audit event (\S+)\.$")


async def told(pilot: Pilot[int], words: str) -> str:
    """The id that is said once it is done."""
    await said(pilot, words)
    message = next(note.message for note in pilot.app._notifications if words in note.message)
    found = TOLD.search(message)
    assert found is not None, message
    return found[1]


async def event(acme: App, known_as: str) -> str:
    """What the server's own audit has under that id."""
    events = (await acme.http.get("/api/v1/contexts/acme/audit")).json()["events"]
    return next(str(one["action"]) for one in events if one["id"] == known_as)


async def named(pilot: Pilot[int], name: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Naming))
    pilot.app.screen.query_one(Input).focus()
    await typed(pilot, name)
    await pilot.press("enter")


async def a_revoked_key(writing: Dashboard, acme: App) -> None:
    await acme.mint(name="old")
    async with writing.run_test() as pilot:
        await opened(pilot, writing, 1)
        await pilot.press("x")
        await named(pilot, "old")
        assert await event(acme, await told(pilot, "Revoked old")) == "key.revoke"
        assert "Audit event" in str(writing.desk.timeline()["entries"][-1]["note"])


async def a_rotated_key(writing: Dashboard, acme: App) -> None:
    await acme.mint(name="bot")
    async with writing.run_test() as pilot:
        await opened(pilot, writing, 1)
        await pilot.press("o")
        await until(pilot, lambda: bool(writing.screen.query("#go")))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(writing.screen, Secret))
        await pilot.press("escape")
        assert await event(acme, await told(pilot, "Rotated bot")) == "key.rotate"


async def a_deleted_context(writing: Dashboard, acme: App) -> None:
    async with writing.run_test() as pilot:
        await pilot.press("2")
        await contexts(pilot, "acme")
        await pilot.press("d")
        await named(pilot, "acme")
        assert await event(acme, await told(pilot, "Deleted acme")) == "context.delete"


async def a_deleted_document(writing: Dashboard, acme: App) -> None:
    guide = {"file": ("guide.txt", b"Berlin has a river.", "text/plain")}
    assert (await acme.http.post("/api/v1/acme/documents", files=guide)).is_success
    async with writing.run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: isinstance(writing.screen, IngestionScreen) and writing.screen.table.row is not None)
        await pilot.press("d")
        await named(pilot, "guide.txt")
        assert await event(acme, await told(pilot, "Deleted guide.txt")) == "document.delete"
        assert "Audit event" in str(writing.desk.timeline()["entries"][-1]["note"])


async def applied_policies(writing: Dashboard, acme: App) -> None:
    async with writing.run_test(size=(120, 40)) as pilot:
        await edited(pilot, await retention_of(pilot), "context 30d user/ana\n")
        await pilot.press("ctrl+s")
        await named(pilot, "acme")
        assert await event(acme, await told(pilot, "The policies of acme are in force")) == "context.update"


async def a_sweep(writing: Dashboard, acme: App) -> None:
    await remembered(acme)
    acme.clock.advance(8 * DAYS)
    async with writing.run_test(size=(120, 40)) as pilot:
        await retention_of(pilot)
        await pilot.press("w")
        await named(pilot, "acme")
        assert await event(acme, await told(pilot, "Swept 9 records")) == "lifecycle.expire"


DEEDS: dict[str, Callable[[Dashboard, App], Awaitable[None]]] = {
    "contexts.delete": a_deleted_context,
    "context.rotate": a_rotated_key,
    "context.revoke": a_revoked_key,
    "ingestion.delete": a_deleted_document,
    "retention.apply": applied_policies,
    "retention.sweep": a_sweep,
}
OF_THE_REPOSITORY = {"backups.prune", "backups.hold", "backups.end"}
"""What is done by a command in a place of its own, of which the server knows nothing; the log of commands has it."""


@pytest.mark.parametrize("action", sorted(DEEDS))
async def test_what_was_done_is_told_with_its_event(writing: Dashboard, acme: App, action: str) -> None:
    await DEEDS[action](writing, acme)


def test_no_destructive_action_is_left_out() -> None:
    assert {one.id for one in ACTIONS if one.confirmation is not Confirmation.NONE} == {*DEEDS} | OF_THE_REPOSITORY


@pytest.mark.parametrize("refused", [True, False])
async def test_an_audit_that_knows_nothing_of_it_is_said_too(writing: Dashboard, *, refused: bool) -> None:
    async with writing.run_test() as pilot:
        await writing.tell_of_change("Done.", "nowhere" if refused else "acme", ["r1"])
        await said(pilot, "The audit did not answer" if refused else "The log has it as request r1")
