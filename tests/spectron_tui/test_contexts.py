"""Contexts and keys, by keys alone, against a whole server."""

import json
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from spectron_tui.app import Dashboard
from spectron_tui.dialogs.form import Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.dialogs.secret import Secret
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.contexts import ContextsScreen
from tests.spectron_tui.surroundings import Sent, until
from tests.support.app import App

NAMES = {"-": "minus", "/": "slash", "_": "underscore"}


async def typed(pilot: Pilot[int], text: str) -> None:
    await pilot.press(*(NAMES.get(letter, letter) for letter in text))


async def filled(pilot: Pilot[int], *fields: str) -> None:
    """Fill in the form that is about to open, line by line."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Form))
    for field in fields:
        await typed(pilot, field)
        await pilot.press("enter")


async def contexts(pilot: Pilot[int], *names: str) -> ContextsScreen:
    """The table of Contexts, once it shows those."""

    def shown() -> list[str]:
        screen = pilot.app.screen
        return [row.key for row in screen.table.shown] if isinstance(screen, ContextsScreen) else []

    await until(pilot, lambda: shown() == list(names))
    screen = pilot.app.screen
    assert isinstance(screen, ContextsScreen)
    return screen


async def opened(pilot: Pilot[int], dashboard: Dashboard, keys: int) -> ContextScreen:
    """The page of acme, once it shows so many keys."""
    if not isinstance(dashboard.screen, ContextScreen):
        dashboard.open_context("acme")
    await until(pilot, lambda: isinstance(dashboard.screen, ContextScreen))
    screen = dashboard.screen
    assert isinstance(screen, ContextScreen)
    await until(pilot, lambda: screen.snapshot.keys.value is not None and len(screen.table.shown) == keys)
    return screen


async def said(pilot: Pilot[int], words: str) -> None:
    await until(pilot, lambda: any(words in note.message for note in pilot.app._notifications))


async def test_a_context_is_created_by_keys_alone(writing: Dashboard, acme: App) -> None:
    async with writing.run_test() as pilot:
        await pilot.press("2", "n")
        await filled(pilot, "beta", "beta", "prod")
        await contexts(pilot, "acme", "beta")
    assert (await acme.http.get("/api/v1/contexts/beta")).json()["database"] == "prod"


async def test_a_context_goes_only_when_its_name_was_typed(writing: Dashboard, acme: App, sent: Sent) -> None:
    async with writing.run_test() as pilot:
        await pilot.press("2")
        await contexts(pilot, "acme")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(writing.screen, Naming))
        assert isinstance(writing.focused, Button)
        assert writing.focused.id == "cancel"
        writing.screen.query_one(Input).focus()
        await typed(pilot, "acm")
        await pilot.press("enter")
        assert isinstance(writing.screen, Naming)
        assert (await acme.http.get("/api/v1/contexts/acme")).status_code == 200
        await pilot.press("e", "enter")
        await contexts(pilot)
        await said(pilot, "Deleted acme")
    assert (await acme.http.get("/api/v1/contexts/acme")).status_code == 404
    deletions = [request for request in sent.requests if request.method == "DELETE"]
    assert [request.url.params.get("dry_run") for request in deletions] == ["true", None]


async def test_cancel_deletes_nothing(writing: Dashboard, acme: App, sent: Sent) -> None:
    async with writing.run_test() as pilot:
        await pilot.press("2")
        await contexts(pilot, "acme")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(writing.screen, Naming))
        await pilot.press("enter")
        await contexts(pilot, "acme")
    assert (await acme.http.get("/api/v1/contexts/acme")).status_code == 200
    assert [request.url.params.get("dry_run") for request in sent.requests if request.method == "DELETE"] == ["true"]


async def test_a_minted_key_is_shown_once_and_works(writing: Dashboard, acme: App) -> None:
    async with writing.run_test() as pilot:
        await opened(pilot, writing, 0)
        await pilot.press("m")
        await filled(pilot, "bot", "", "org/acme")
        await until(pilot, lambda: isinstance(writing.screen, Secret))
        secret = str(writing.screen.query_one("#secret", Static).content)
        await pilot.press("c")
        assert writing.clipboard == secret
        await pilot.press("escape")
        screen = await opened(pilot, writing, 1)
        assert [row.cells[:3] for row in screen.table.shown] == [("bot", "agent", "org/acme")]
        assert secret not in repr(screen.snapshot)
    client = await acme.client(secret)
    assert (await client.get("/api/v1/acme/me")).status_code == 200


async def test_a_rotated_key_has_another_secret(writing: Dashboard, acme: App) -> None:
    old = await acme.mint(name="bot")
    async with writing.run_test() as pilot:
        await opened(pilot, writing, 1)
        await pilot.press("o")
        await until(pilot, lambda: bool(writing.screen.query("#go")))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(writing.screen, Secret))
        secret = str(writing.screen.query_one("#secret", Static).content)
    assert (await (await acme.client(old["secret"])).get("/api/v1/acme/me")).status_code == 401
    assert (await (await acme.client(secret)).get("/api/v1/acme/me")).status_code == 200


async def test_a_revoked_key_is_refused(writing: Dashboard, acme: App) -> None:
    key = await acme.mint(name="old")
    async with writing.run_test() as pilot:
        await opened(pilot, writing, 1)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(writing.screen, Naming))
        writing.screen.query_one(Input).focus()
        await typed(pilot, "old")
        await pilot.press("enter")
        await said(pilot, "Revoked old")
    client = await acme.client(key["secret"])
    assert (await client.get("/api/v1/acme/me")).status_code == 401


async def test_a_value_of_the_config_is_changed(writing: Dashboard, acme: App) -> None:
    async with writing.run_test() as pilot:
        await opened(pilot, writing, 0)
        await pilot.press("e")
        await filled(pilot, "token_limit", "5000")
        await said(pilot, "token_limit is in force")
    assert (await acme.http.get("/api/v1/contexts/acme")).json()["config"]["token_limit"] == 5000


async def test_the_shown_rows_are_exported(looking: Dashboard, acme: App, tmp_path: Path) -> None:
    await acme.context("beta")
    async with looking.run_test() as pilot:
        await pilot.press("2")
        await contexts(pilot, "acme", "beta")
        await pilot.press("slash", *"beta", "enter")
        await contexts(pilot, "beta")
        await pilot.press("v", "V")
        await said(pilot, "1 rows are in")
    sheet, document = sorted(tmp_path.glob("spectron-contexts-*"))  # noqa: ASYNC240 (nothing else runs by now)
    assert sheet.read_text().splitlines()[1].startswith("beta,beta,prod,active")
    assert [entry["id"] for entry in json.loads(document.read_text())] == ["beta"]


async def test_what_the_server_refuses_is_said_and_nothing_is_lost(writing: Dashboard) -> None:
    async with writing.run_test() as pilot:
        await pilot.press("2")
        await contexts(pilot, "acme")
        await pilot.press("n")
        await filled(pilot, "acme", "other", "prod")
        await said(pilot, "acme")
        await contexts(pilot, "acme")
