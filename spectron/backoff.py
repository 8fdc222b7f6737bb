"""How long to wait before asking again."""

import random
from collections.abc import Callable
from dataclasses import dataclass

DEFAULT_RETRIES = 3


@dataclass(frozen=True)
class Backoff:
    """Exponential delays with full jitter; a server's own `Retry-After` wins over them."""

    retries: int = DEFAULT_RETRIES
    first: float = 0.2
    longest: float = 20.0
    random: Callable[[], float] = random.random

    def delay(self, attempt: int, retry_after: float | None = None) -> float | None:
        """Seconds to wait after the failed attempt of that number (from 0), or None to give up.

        A server that asks for more than `longest` is not asked again: coming back sooner would only add to its load.
        """
        if attempt >= self.retries:
            return None
        if retry_after is None:
            return self.pause(attempt)
        if retry_after > self.longest:
            return None
        return retry_after + self.random() * self.first

    def pause(self, attempt: int) -> float:
        """Seconds to wait for somebody who never gives up."""
        return self.random() * min(self.longest, self.first * 2.0**attempt)
