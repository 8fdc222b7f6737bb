"""Leaving a failing provider alone for a while."""

from server.core.clock import Clock
from server.core.errors import CircuitOpenError


class CircuitBreaker:
    """Opens after `threshold` failures in a row; after `cooldown` seconds one call may try again."""

    def __init__(self, provider: str, clock: Clock, *, threshold: int = 5, cooldown: float = 30.0) -> None:
        self._provider = provider
        self._clock = clock
        self._threshold = threshold
        self._cooldown = cooldown
        self._failures = 0
        self._closed_until = 0.0

    def admit(self) -> None:
        """Let a call through, or raise `CircuitOpenError`."""
        if self._failures < self._threshold:
            return
        wait = self._closed_until - self._clock.monotonic()
        if wait > 0:
            raise CircuitOpenError(
                f"The provider {self._provider} failed {self._failures} times in a row and is left alone for another "
                f"{wait:.0f} s; check its status and its settings.",
                retry_after=wait,
            )
        self._closed_until = self._clock.monotonic() + self._cooldown

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._threshold:
            self._closed_until = self._clock.monotonic() + self._cooldown
