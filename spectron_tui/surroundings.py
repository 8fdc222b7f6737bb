"""What the dashboard needs from outside: a server, a clock, files, and leave to change things."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from spectron.aio.client import AsyncSpectronManagement
from spectron.profiles import Profiles
from spectron.target import Target
from spectron_tui.programs.programs import NoPrograms, Programs, ReadOnlyPrograms
from spectron_tui.recording.player import Player
from spectron_tui.recording.recorder import Recorder
from spectron_tui.transport.gate import ReadOnlyTransport
from spectron_tui.transport.hearing import HearingTransport
from spectron_tui.transport.noting import NotingTransport
from spectron_tui.transport.recording import RecordingTransport

PATIENT = 1.0
"""Seconds at least before a stream that broke is asked for again."""


@dataclass(frozen=True)
class Surroundings:
    """Given once, when the dashboard starts."""

    target: Target
    profiles: Callable[[], Profiles]
    """The servers that are known by name, as they are now: one can be added while the dashboard is open."""
    writes: bool
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    transport: Callable[[], httpx.AsyncBaseTransport]
    exports: Path
    """The folder that exported tables are written to."""
    recorder: Recorder | None = None
    """What keeps the answers of the first server."""
    player: Player | None = None
    """What is looked at instead of a server."""
    programs: Programs = field(default_factory=NoPrograms)
    environ: Mapping[str, str] = field(default_factory=dict)
    """What commands find in their environment, besides where the server and the backups are."""
    repository: str | None = None
    """Where the backups of the first server are."""

    @property
    def allowed_programs(self) -> Programs:
        """The programs, behind the gate unless changes are allowed."""
        return self.programs if self.writes else ReadOnlyPrograms(self.programs)

    def connect(self, target: Target, heard: Callable[[bool], None]) -> AsyncSpectronManagement:
        """A client of that server, behind the gate unless changes are allowed; it repeats nothing, the polls do.

        `heard` is told after each request whether there was an answer.
        """
        transport: httpx.AsyncBaseTransport = HearingTransport(self.transport(), heard)
        if self.recorder is not None and self.recorder.url == target.url:
            transport = RecordingTransport(transport, self.recorder, self.now)
        return AsyncSpectronManagement(
            target.url,
            target.api_key or "",
            transport=NotingTransport(transport) if self.writes else ReadOnlyTransport(transport),
            retries=0,
            timeout=10.0,
            sleep=self._sleep_patiently,
        )

    async def _sleep_patiently(self, seconds: float) -> None:
        """The pause before a stream is taken up again; one that ends at once must not be asked for all the time."""
        await self.sleep(max(PATIENT, seconds))
