"""What the dashboard opens on: a server, a recording, or the recording that comes with it."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import httpx

from spectron.profiles import ProfileFile, Profiles
from spectron.target import Given, Target, find_target
from spectron_tui.programs.demonstration import REPOSITORY, Demonstration
from spectron_tui.programs.programs import Installed
from spectron_tui.recording.answer import Header
from spectron_tui.recording.player import Player
from spectron_tui.recording.recorder import Recorder
from spectron_tui.recording.tape import Tape, load, packed
from spectron_tui.surroundings import Surroundings
from spectron_tui.transport.replay import ReplayTransport

DEMO = "demo.recording"


def live(
    given: Given, environ: Mapping[str, str], repository: str | None, *, writes: bool, record: Path | None
) -> Surroundings:
    """A server, as it is now."""
    target = find_target(given, environ, Path.cwd())
    return Surroundings(
        target=target,
        profiles=ProfileFile.of_user(environ).load,
        writes=writes,
        now=_now,
        sleep=asyncio.sleep,
        transport=httpx.AsyncHTTPTransport,
        exports=Path.cwd(),
        programs=Installed(Path.cwd()),
        environ=environ,
        repository=repository or environ.get("SPECTRON_BACKUP_REPOSITORY") or target.repository,
        recorder=Recorder(record, Header(target.url, _now())) if record else None,
    )


def replayed(file: Path) -> Surroundings:
    """What a file holds."""
    return _played(load(file), file.name)


def demonstrated() -> Surroundings:
    """A deployment that exists on a recording alone."""
    surroundings = _played(demo_tape(), "demo")
    return replace(surroundings, programs=Demonstration(surroundings.now), repository=REPOSITORY)


def demo_tape() -> Tape:
    """The recording that comes with the dashboard."""
    return packed(files("spectron_tui").joinpath(DEMO).read_bytes(), DEMO)


def _played(tape: Tape, title: str) -> Surroundings:
    player = Player(tape, time.monotonic, title=title)
    return Surroundings(
        target=Target(tape.url),
        profiles=Profiles,
        writes=False,
        now=player.now,
        sleep=asyncio.sleep,
        transport=lambda: ReplayTransport(player),
        exports=Path.cwd(),
        player=player,
    )


def _now() -> datetime:
    return datetime.now(UTC)
