"""How much a sweep rests, so that requests come through."""

from server.core.clock import Clock
from server.store.engine import EngineStats

# For which part of the time that a piece of work took a sweep rests after it: while nobody else asks, and at most.
CALM = 0.25
BUSY = 1.0


class Pace:
    """Rests after each piece of work; longer as soon as others ask the database meanwhile, shorter when they stop."""

    def __init__(self, clock: Clock, stats: EngineStats) -> None:
        self._clock = clock
        self._stats = stats
        self._part = CALM

    async def rest(self, took: float) -> None:
        """Rest after work of so many seconds."""
        before = self._stats.queries
        await self._clock.sleep(self._part * took)
        asked = self._stats.queries > before
        self._part = min(BUSY, 2 * self._part) if asked else max(CALM, self._part / 2)
