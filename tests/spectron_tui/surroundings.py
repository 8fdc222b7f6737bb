"""A dashboard in a test: in front of a whole server, of scripted answers, or of nothing."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from textual.pilot import Pilot

from spectron.profiles import Profiles
from spectron.target import Target
from spectron_tui.programs.programs import NoPrograms, Programs
from spectron_tui.recording.player import Player
from spectron_tui.recording.recorder import Recorder
from spectron_tui.surroundings import Surroundings

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
URL = "http://spectron.test"
PATIENCE = 1_000
LONG = 0.6
NOWHERE = NoPrograms()


class Sent(httpx.AsyncBaseTransport):
    """Passes requests on and remembers them."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return await self._transport.handle_async_request(request)

    @property
    def changing(self) -> list[str]:
        """Requests by other methods than those that read, in the order in which they went."""
        return [f"{sent.method} {sent.url.path}" for sent in self.requests if sent.method != "GET"]


async def for_ever(seconds: float) -> None:
    """The pause between polls, in tests that ask for each poll themselves; what only gathers is over at once."""
    if seconds >= LONG:
        await asyncio.Event().wait()
    await asyncio.sleep(0)


def surroundings(
    transport: httpx.AsyncBaseTransport,
    *,
    key: str = "",
    writes: bool = False,
    now: Callable[[], datetime] = lambda: NOW,
    exports: Path = Path(),
    profiles: Callable[[], Profiles] = Profiles,
    recorder: Recorder | None = None,
    player: Player | None = None,
    programs: Programs = NOWHERE,
    repository: str | None = None,
    url: str = URL,
) -> Surroundings:
    return Surroundings(
        target=Target(url, key),
        profiles=profiles,
        writes=writes,
        now=now,
        sleep=for_ever,
        transport=lambda: transport,
        exports=exports,
        recorder=recorder,
        player=player,
        programs=programs,
        environ=os.environ,
        repository=repository,
    )


def refusing() -> httpx.AsyncBaseTransport:
    """No server there."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    return httpx.MockTransport(refuse)


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Let the dashboard work until it shows what is expected."""
    for _ in range(PATIENCE):
        await pilot.pause()
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"The dashboard did not come to show it; it is at {pilot.app.screen}.")
