"""Policies are edited with their impact beside them, and applied only when a name was typed."""

import asyncio

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from spectron.errors import ArgumentError
from spectron.models.retention import Policy
from spectron_tui.app import Dashboard
from spectron_tui.dialogs.form import Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.screens.retention import RetentionScreen
from spectron_tui.sheets.policies import as_text, parsed, with_policy
from tests.spectron_tui.surroundings import Sent, until
from tests.support.app import App

DAYS = 86400


async def remembered(acme: App) -> None:
    """Three turns, of which the default policy takes none yet."""
    for text in ("Ana saw a ferry.", "Ana took a tram.", "Ana missed a bus."):
        body = {"text": text, "scope": {"user": "ana"}, "infer": "none"}
        assert (await acme.http.post("/api/v1/acme/facts", json=body)).is_success


async def screen_of(pilot: Pilot[int]) -> RetentionScreen:
    await pilot.press("5")
    await until(pilot, lambda: isinstance(pilot.app.screen, RetentionScreen))
    screen = pilot.app.screen
    assert isinstance(screen, RetentionScreen)
    await until(pilot, lambda: screen.snapshot.policies.value is not None)
    return screen


async def edited(pilot: Pilot[int], screen: RetentionScreen, text: str) -> str:
    """The impact of the text, once the server has told it."""
    await pilot.press("e")
    editor = screen.query_one(TextArea)
    editor.load_text(text)
    shown = screen.query_one("#impact", Static)
    await until(pilot, lambda: str(shown.content).startswith(("Newly", "▲", "✗")))
    return str(shown.content)


async def test_the_impact_of_an_edit_stands_beside_it(looking: Dashboard, acme: App, sent: Sent) -> None:
    await remembered(acme)
    acme.clock.advance(2 * DAYS)
    async with looking.run_test(size=(120, 40)) as pilot:
        screen = await screen_of(pilot)
        said = await edited(pilot, screen, "context 1d user/ana\n")
        assert "Newly deleted by the next sweep: 0" not in said
        assert "context in memory_chunk" in said
        assert "proposed  " in said
    assert sent.changing == ["POST /api/v1/contexts/acme/retention/preview"]


async def test_policies_are_applied_when_the_name_was_typed(writing: Dashboard, acme: App) -> None:
    async with writing.run_test(size=(120, 40)) as pilot:
        screen = await screen_of(pilot)
        await edited(pilot, screen, "context 30d user/ana\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(writing.screen, Naming))
        assert (await acme.http.get("/api/v1/contexts/acme/retention")).json()["policies"] == []
        writing.screen.query_one(Input).value = "acme"
        writing.screen.query_one(Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: any("are in force" in note.message for note in writing._notifications))
    (policy,) = (await acme.http.get("/api/v1/contexts/acme/retention")).json()["policies"]
    assert (policy["memory_category"], policy["ttl"], policy["scope"]) == ("context", "30d", {"user": "ana"})


async def test_a_sweep_shows_first_what_goes(writing: Dashboard, acme: App) -> None:
    await remembered(acme)
    acme.clock.advance(8 * DAYS)
    async with writing.run_test(size=(120, 40)) as pilot:
        await screen_of(pilot)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(writing.screen, Naming))
        writing.screen.query_one(Input).value = "acme"
        writing.screen.query_one(Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: any("Swept" in note.message for note in writing._notifications))
    (sweep,) = (await acme.http.get("/api/v1/lifecycle/sweeps")).json()["sweeps"]
    assert sweep["deleted_count"] > 0


async def test_what_the_server_refuses_is_said_beside_the_edit(looking: Dashboard) -> None:
    async with looking.run_test(size=(120, 40)) as pilot:
        screen = await screen_of(pilot)
        assert "✗" in await edited(pilot, screen, "context 1h\n")


async def test_an_edit_survives_the_polls(looking: Dashboard) -> None:
    async with looking.run_test(size=(120, 40)) as pilot:
        screen = await screen_of(pilot)
        await edited(pilot, screen, "unknowns 9d\n")
        before = screen.snapshot
        screen.ask()
        await until(pilot, lambda: screen.snapshot is not before)
        assert screen.query_one(TextArea).text == "unknowns 9d\n"
        await asyncio.sleep(0)


def test_policies_are_the_same_after_a_round_trip() -> None:
    policies = [
        Policy(scope={"org": "acme", "user": "ana"}, memory_category="context", ttl="7d", source="api"),
        Policy(scope={}, memory_category="unknowns", ttl="indefinite", source="context"),
        Policy(scope={}, memory_category="context", ttl="1y", source="server"),
    ]
    assert parsed(as_text(policies)) == [
        {"memory_category": "context", "ttl": "7d", "scope": {"org": "acme", "user": "ana"}},
        {"memory_category": "unknowns", "ttl": "indefinite", "scope": {}},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("context\n", "Line 1"),
        ("# fine\ncontext 7d org/acme extra", "Line 2"),
        ("context 7d org/acme/user", "scope of line 1"),
    ],
)
def test_a_line_that_is_no_policy_is_named(text: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        parsed(text)


async def test_a_policy_is_filled_in_as_a_form(looking: Dashboard, acme: App, sent: Sent) -> None:
    await remembered(acme)
    async with looking.run_test(size=(120, 40)) as pilot:
        screen = await screen_of(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(looking.screen, Form))
        for name, value in (("category", "context"), ("ttl", "1d"), ("scope", "user/ana/")):
            looking.screen.query_one(f"#{name}", Input).value = value
        looking.screen.query_one("#scope", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "proposed" in str(screen.query_one("#impact", Static).content))
        assert screen.query_one(TextArea).text.splitlines()[-1] == "context 1d user/ana"
    assert sent.changing == ["POST /api/v1/contexts/acme/retention/preview"]


def test_a_policy_of_the_form_replaces_that_of_its_category_and_scope() -> None:
    text = "# why\ncontext 7d user/ana\ncontext 7d\nunknowns 1y org/acme\n"
    assert with_policy(text, "context", "2w", "user/ana").splitlines() == [
        "# why",
        "context 7d",
        "unknowns 1y org/acme",
        "context 2w user/ana",
    ]
    assert with_policy(text, "context", "", "").splitlines() == ["# why", "context 7d user/ana", "unknowns 1y org/acme"]
