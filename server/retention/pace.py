"""How fast a sweep goes, so that requests come through."""

from server.core.clock import Clock
from server.store.engine import EngineStats

# For which part of the time that a piece of work took a sweep rests after it: while nobody else asks, and at most.
CALM = 0.05
BUSY = 1.0
# How many records a piece of work is about. The engine reads some thousand of an index at once, however few are asked
# for, so that large pieces cost the least; small ones keep others waiting for a shorter time.
LARGE = 900
SMALL = 100


class Pace:
    """Rests after each piece of work; does less and rests longer as soon as others ask the database meanwhile."""

    def __init__(self, clock: Clock, stats: EngineStats) -> None:
        self._clock = clock
        self._stats = stats
        self._part = CALM

    @property
    def page(self) -> int:
        """How many records the next piece of work should be about."""
        return LARGE if self._part == CALM else SMALL

    async def rest(self, took: float) -> None:
        """Rest after work of so many seconds."""
        before = self._stats.queries
        await self._clock.sleep(self._part * took)
        asked = self._stats.queries > before
        self._part = BUSY if asked else max(CALM, self._part / 2)
