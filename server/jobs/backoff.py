"""How long a job waits before it is tried again."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Each pause is a multiple of the one before, up to a limit, less a part that is left to chance."""

    first_seconds: float = 2.0
    factor: float = 4.0
    longest_seconds: float = 600.0
    jitter: Callable[[], float] = random.random

    def seconds(self, attempts: int) -> float:
        """The pause after that many attempts: between half of it and all of it."""
        whole = min(self.longest_seconds, self.first_seconds * self.factor ** (attempts - 1))
        return whole * (0.5 + self.jitter() / 2)
