"""Time as an argument, so that tests need neither sleeping nor patching."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where every part takes its time from."""

    def now(self) -> datetime:
        """The time of day, always in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow, for measuring and for time-outs."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long by this clock."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
