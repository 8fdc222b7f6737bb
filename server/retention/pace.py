"""How fast a sweep goes, so that requests come through."""

from server.core.clock import Clock
from server.observe.traffic import Traffic

# For which part of the time that a piece of work took a sweep rests after it: while nobody asks for anything, where
# other processes may without being seen, and at most. At three times, one request of four meets a piece of work.
CALM = 0.05
UNSEEN = 0.5
BUSY = 3.0
# How many records a piece of work is about. The engine reads some thousand of an index at once, however few are asked
# for, so that large pieces cost the least; small ones keep others waiting for a shorter time.
LARGE = 900
SMALL = 50


class Pace:
    """Rests after each piece of work; does less and rests longer as soon as requests come in meanwhile."""

    def __init__(self, clock: Clock, traffic: Traffic, *, alone: bool) -> None:
        """`alone` says that no other process answers requests from the same database."""
        self._clock = clock
        self._traffic = traffic
        self._least = CALM if alone else UNSEEN
        self._part = self._least
        self._arrived = traffic.arrived

    @property
    def page(self) -> int:
        """How many records the next piece of work should be about."""
        return LARGE if self._part == self._least else SMALL

    async def rest(self, took: float) -> None:
        """Rest after work of so many seconds."""
        await self._clock.sleep(self._part * took)
        asked, self._arrived = self._traffic.arrived > self._arrived, self._traffic.arrived
        self._part = BUSY if asked else max(self._least, self._part / 2)
