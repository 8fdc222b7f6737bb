"""The dashboard in each of the states that a picture is taken of, from recordings and without a clock."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from spectron.profiles import Profile, Profiles
from spectron.target import Target
from spectron_tui.app import Dashboard
from spectron_tui.feed.load import MINUTE, Counters, Load, parsed
from spectron_tui.opening import demo_tape
from spectron_tui.programs.command import Command
from spectron_tui.programs.demonstration import REPOSITORY, Demonstration
from spectron_tui.programs.programs import NoPrograms, Programs, Said
from spectron_tui.recording.player import Player
from spectron_tui.recording.tape import Tape, load
from spectron_tui.screens.live import LiveScreen
from spectron_tui.surroundings import Surroundings
from spectron_tui.transport.replay import ReplayTransport
from tests.spectron_tui.surroundings import for_ever, refusing, until

EMPTY = Path(__file__).with_name("empty.recording")
AWAY = timedelta(minutes=4)
HOUR, SLOW, OUTAGE = 60, 0.25, range(20, 23)
"""Minutes, seconds of a slow answer, and the minutes ago in which some requests failed."""
PROFILES = Profiles({name: Profile(f"https://{name}.example", "sk-none") for name in ("production", "staging")})
Act = Callable[[Pilot[Any]], Awaitable[None]]


class Switch(httpx.AsyncBaseTransport):
    """A server that can go away."""

    def __init__(self, server: httpx.AsyncBaseTransport) -> None:
        self._server = server
        self._away = refusing()
        self.up = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await (self._server if self.up else self._away).handle_async_request(request)


class Silent(httpx.AsyncBaseTransport):
    """A server that takes requests and does not answer."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise httpx.ReadTimeout("never", request=request)


class Hanging:
    """Programs that are started and do not end."""

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:  # noqa: ARG002 (the interface)
        await asyncio.Event().wait()
        return 0


class Leaving:
    """Programs that can't be started any more once the server is away."""

    def __init__(self, switch: Switch, programs: Programs) -> None:
        self._switch = switch
        self._programs = programs

    async def run(self, command: Command, environ: Mapping[str, str], said: Said) -> int:
        return await (self._programs if self._switch.up else NoPrograms()).run(command, environ, said)


class Scene:
    """A dashboard that stands still at one moment."""

    def __init__(self, tape: Tape, *, seconds: float = 0.0) -> None:
        self._player = Player(tape, lambda: 0.0, title="demo")
        self._player.hold()
        self._player.move(seconds)
        self.switch = Switch(ReplayTransport(self._player))
        self.later = timedelta(0)

    def now(self) -> datetime:
        return self._player.now() + self.later

    def dashboard(self, place: str, *, writes: bool = False, replay: bool = False, **given: Any) -> Dashboard:
        dashboard = Dashboard(
            Surroundings(
                target=Target(self._player.tape.url, context=given.pop("context", None)),
                profiles=lambda: PROFILES,
                writes=writes,
                now=self.now,
                sleep=for_ever,
                transport=lambda: given.get("transport") or self.switch,
                exports=Path(),
                programs=given.get("programs") or Leaving(self.switch, Demonstration(self._player.now)),
                repository=given.get("repository", REPOSITORY),
                player=self._player if replay else None,
            ),
            place=place,
            filter=given.pop("filter", ""),
        )
        counted = self._player.tape.answer("GET /metrics", self._player.now())
        if given.get("watched") and counted is not None:
            dashboard.load = watched(parsed(counted.body, self._player.now()))
        return dashboard


def watched(last: Counters) -> Load:
    """What a dashboard has counted that was open for the hour before."""
    samples = [last]
    for back in range(1, HOUR + 1):
        newer = samples[-1]
        asked = 180.0 + 45 * (back * 7 % 5)
        slow = asked * (0.03 + 0.02 * (back * 3 % 4))
        samples.append(
            Counters(
                last.at - back * MINUTE,
                newer.requests - asked,
                newer.errors - (4 if back in OUTAGE else 0),
                tuple((bound, count - (asked if bound >= SLOW else asked - slow)) for bound, count in newer.buckets),
            )
        )
    return Load(tuple(reversed(samples)))


def filled(*, seconds: float = 0.0) -> Scene:
    """The demo."""
    return Scene(demo_tape(), seconds=seconds)


def empty() -> Scene:
    """A server that nobody has used yet."""
    return Scene(load(EMPTY))


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until the screen has been answered, and let nothing on it blink."""
    screen = pilot.app.screen
    if isinstance(screen, LiveScreen):
        await until(pilot, lambda: screen.polls > 0)
    await still(pilot)


async def still(pilot: Pilot[Any]) -> None:
    """Nothing blinks or moves."""
    pilot.app.animation_level = "none"
    await pilot.pause()
    for field in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
        field.cursor_blink = False
    await pilot.pause()


def after(*keys: str, shows: type[object] | None = None, then: Act | None = None) -> Act:
    """Press keys once the screen is filled, and wait for what they open."""

    async def act(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        if shows is not None:
            await until(pilot, lambda: isinstance(pilot.app.screen, shows))
            await settled(pilot)
        if then is not None:
            await then(pilot)
        await still(pilot)

    return act


def leaving(scene: Scene) -> Act:
    """The server goes when everything was seen, and four minutes pass."""

    async def act(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, LiveScreen)
        scene.switch.up = False
        scene.later = AWAY
        before = screen.polls
        await pilot.press("r")
        await until(pilot, lambda: screen.polls > before)
        await still(pilot)

    return act


def themed(name: str) -> Act:
    """In other colours."""

    async def act(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        pilot.app.theme = name
        await still(pilot)

    return act
