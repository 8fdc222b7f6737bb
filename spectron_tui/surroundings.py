"""What the dashboard needs from outside: a server, a clock, files, and leave to change things."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from spectron.aio.client import AsyncSpectronManagement
from spectron.profiles import Profiles
from spectron.target import Target
from spectron_tui.transport.gate import ReadOnlyTransport


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

    def connect(self, target: Target) -> AsyncSpectronManagement:
        """A client of that server, behind the gate unless changes are allowed; it repeats nothing, the polls do."""
        transport = self.transport()
        return AsyncSpectronManagement(
            target.url,
            target.api_key or "",
            transport=transport if self.writes else ReadOnlyTransport(transport),
            retries=0,
            timeout=10.0,
        )
