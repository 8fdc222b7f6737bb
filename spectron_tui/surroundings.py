"""What the dashboard needs from outside: a server, a clock, files, and leave to change things."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from spectron.aio.client import AsyncSpectronManagement
from spectron.profiles import Profiles
from spectron.target import Target
from spectron_tui.recording.player import Player
from spectron_tui.recording.recorder import Recorder
from spectron_tui.transport.gate import ReadOnlyTransport
from spectron_tui.transport.recording import RecordingTransport

PATIENT = 1.0
"""Seconds at least before a stream that broke is asked for again."""


@dataclass(frozen=True)
class Surroundings:
    """Given once, when the dashboard starts."""

    target: Target
    profiles: Profiles
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

    def connect(self, target: Target) -> AsyncSpectronManagement:
        """A client of that server, behind the gate unless changes are allowed; it repeats nothing, the polls do."""
        transport = self.transport()
        if self.recorder is not None and self.recorder.url == target.url:
            transport = RecordingTransport(transport, self.recorder, self.now)
        return AsyncSpectronManagement(
            target.url,
            target.api_key or "",
            transport=transport if self.writes else ReadOnlyTransport(transport),
            retries=0,
            timeout=10.0,
            sleep=self._sleep_patiently,
        )

    async def _sleep_patiently(self, seconds: float) -> None:
        """The pause before a stream is taken up again; one that ends at once must not be asked for all the time."""
        await self.sleep(max(PATIENT, seconds))
