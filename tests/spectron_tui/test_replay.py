"""A session is kept with its times, without its secrets, and shown again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import zstandard
from textual.pilot import Pilot
from textual.widgets import Input
from typer.testing import CliRunner

from spectron.profiles import Profiles
from spectron.target import Target
from spectron_tui.app import Dashboard
from spectron_tui.cli import app as command
from spectron_tui.dialogs.form import Form
from spectron_tui.dialogs.secret import Secret
from spectron_tui.feed.panel import Condition
from spectron_tui.recording.answer import Header
from spectron_tui.recording.player import Player
from spectron_tui.recording.recorder import Recorder
from spectron_tui.recording.tape import load
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.contexts import ContextsScreen
from spectron_tui.surroundings import Surroundings
from spectron_tui.transport.replay import ReplayTransport
from spectron_tui.widgets.reel import told
from tests.spectron_tui.surroundings import URL, for_ever, surroundings, until
from tests.support.app import App


class Switch(httpx.AsyncBaseTransport):
    """A server that goes and comes back."""

    def __init__(self, server: httpx.AsyncBaseTransport) -> None:
        self._server = server
        self.up = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.up:
            raise httpx.ConnectError("Connection refused", request=request)
        return await self._server.handle_async_request(request)


class Watch:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def shown(pilot: Pilot[int]) -> list[str]:
    screen = pilot.app.screen
    return [row.key for row in screen.table.shown] if isinstance(screen, ContextsScreen) else []


async def recorded(acme: App, file: Path) -> None:
    """The Contexts at the start, half a minute later with one more, and a minute later without a server."""
    switch = Switch(httpx.ASGITransport(acme.server.api))
    recorder = Recorder(file, Header(URL, acme.clock.now()))
    dashboard = Dashboard(surroundings(switch, key=acme.key, now=acme.clock.now, recorder=recorder), place="contexts")
    async with dashboard.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown(pilot) == ["acme"])
        acme.clock.advance(30)
        await acme.context("beta")
        await pilot.press("r")
        await until(pilot, lambda: shown(pilot) == ["acme", "beta"])
        acme.clock.advance(30)
        switch.up = False
        await pilot.press("r")
        await until(pilot, lambda: dashboard.connected is False)


def playing(file: Path, watch: Watch) -> Dashboard:
    player = Player(load(file), watch, title=file.name)
    return Dashboard(
        Surroundings(
            target=Target(player.tape.url),
            profiles=Profiles,
            writes=False,
            now=player.now,
            sleep=for_ever,
            transport=lambda: ReplayTransport(player),
            exports=file.parent,
            player=player,
        ),
        place="contexts",
    )


def unpacked(file: Path) -> str:
    return zstandard.ZstdDecompressor().decompressobj().decompress(file.read_bytes()).decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "night.recording"


async def test_a_session_is_shown_again_and_can_be_moved_about_in(acme: App, file: Path) -> None:
    await recorded(acme, file)
    dashboard = playing(file, Watch())
    async with dashboard.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: shown(pilot) == ["acme"])
        for _ in range(3):
            await pilot.press("full_stop")
        await until(pilot, lambda: shown(pilot) == ["acme", "beta"])
        await pilot.press("comma")
        await until(pilot, lambda: shown(pilot) == ["acme"])
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: dashboard.connected is False)
        screen = dashboard.screen
        assert isinstance(screen, ContextsScreen)
        assert screen.snapshot.condition is Condition.FAILED
        await pilot.press("less_than_sign")
        await until(pilot, lambda: shown(pilot) == ["acme"])
        assert dashboard.connected is True


async def test_it_goes_on_with_the_time_until_its_end_and_stands_while_it_is_held(acme: App, file: Path) -> None:
    await recorded(acme, file)
    watch = Watch()
    dashboard = playing(file, watch)
    player = dashboard.surroundings.player
    assert player is not None
    async with dashboard.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: shown(pilot) == ["acme"])
        watch.seconds = 31
        await pilot.press("r")
        await until(pilot, lambda: shown(pilot) == ["acme", "beta"])
        await pilot.press("p")
        watch.seconds = 45
        assert player.position == timedelta(seconds=31)
        assert told(player).startswith("‖ 2026-01-01 00:00:31 UTC  ██████████░░░░░░░░░░ 0:31 of 1:00")
        await pilot.press("p")
        watch.seconds = 3600
        assert player.now() == player.tape.ends
        assert told(player).startswith("■ 2026-01-01 00:01:00 UTC  ████████████████████ 1:00 of 1:00")


async def test_what_nobody_looked_at_is_said_to_be_missing(acme: App, file: Path) -> None:
    await recorded(acme, file)
    dashboard = playing(file, Watch())
    async with dashboard.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: shown(pilot) == ["acme"])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, ContextScreen))
        screen = dashboard.screen
        assert isinstance(screen, ContextScreen)
        await until(pilot, lambda: screen.snapshot.keys.condition is Condition.FAILED)
        assert screen.snapshot.keys.error == "The recording does not show this: nobody looked at it then."


async def test_nothing_can_be_changed_in_a_recording(acme: App, file: Path) -> None:
    await recorded(acme, file)
    dashboard = playing(file, Watch())
    async with dashboard.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: shown(pilot) == ["acme"])
        await pilot.press("n")
        assert isinstance(dashboard.screen, ContextsScreen)
        assert {action.id for action in dashboard.actions_here(dashboard.screen)} >= {"replay.back", "replay.forward"}


async def test_no_secret_is_in_a_recording(acme: App, file: Path) -> None:
    recorder = Recorder(file, Header(URL, datetime.now(UTC)))
    transport = httpx.ASGITransport(acme.server.api)
    dashboard = Dashboard(
        surroundings(transport, key=acme.key, writes=True, now=acme.clock.now, recorder=recorder), place="contexts"
    )
    async with dashboard.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: shown(pilot) == ["acme"])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, ContextScreen))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(dashboard.screen, Form))
        dashboard.screen.query_one("#name", Input).value = "told-to-nobody"
        dashboard.screen.query_one("#floor", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(dashboard.screen, Secret))
        secret = dashboard.screen
        assert isinstance(secret, Secret)
        minted = secret._secret
        await pilot.press("escape")
        screen = dashboard.screen
        assert isinstance(screen, ContextScreen)
        await until(pilot, lambda: bool(screen.snapshot.keys.value))
    text = unpacked(file)
    assert "told-to-nobody" in text
    assert minted.startswith("sk-acme-")
    for word in (minted, minted.rpartition("-")[2], acme.key, acme.key.rpartition("-")[2]):
        assert word not in text
    for word in ("authorization", "bearer", "idempotency-key"):
        assert word not in text.lower()
    assert '"asked":"POST' not in text


def test_a_recording_goes_with_nothing_that_needs_a_server(tmp_path: Path) -> None:
    for options in (["--demo", "--write"], ["--demo", "--replay", "x"], ["--replay", "x", "--record", "y"]):
        done = CliRunner().invoke(command, options)
        assert done.exit_code == 2
        assert "plays a recording and" in done.stderr
    strange = tmp_path / "strange"
    strange.write_text("hello")
    done = CliRunner().invoke(command, ["--replay", str(strange)])
    assert (done.exit_code, done.stderr) == (
        2,
        f"spectron-tui: {strange} is no recording of the dashboard. `spectron-tui --record FILE` makes one.\n",
    )
