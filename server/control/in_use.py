"""Which Contexts requests are working in, so that none is deleted under them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from server.core.clock import Clock

DRAIN_SECONDS = 10.0
POLL_SECONDS = 0.02


class InUse:
    """Counts the users of each Context in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._users: Counter[str] = Counter()

    @contextmanager
    def entered(self, context_id: str) -> Iterator[None]:
        """Count as a user for the time of the block."""
        self._users[context_id] += 1
        try:
            yield
        finally:
            self._users[context_id] -= 1
            if not self._users[context_id]:
                del self._users[context_id]

    async def drained(self, context_id: str) -> None:
        """Wait until nobody is left in a Context that lets nobody in any more, but not for ever."""
        deadline = self._clock.monotonic() + DRAIN_SECONDS
        while self._users[context_id] and self._clock.monotonic() < deadline:
            await self._clock.sleep(POLL_SECONDS)
