"""When a provider is left alone, and when it is tried again."""

import pytest

from server.core.errors import CircuitOpenError
from server.models.breaker import CircuitBreaker
from tests.support.clock import ManualClock


def test_it_opens_after_failures_in_a_row_and_says_for_how_long() -> None:
    clock = ManualClock()
    breaker = CircuitBreaker("openai", clock, threshold=3, cooldown=30)
    for _ in range(2):
        breaker.failed()
    breaker.succeeded()
    for _ in range(2):
        breaker.failed()
    breaker.admit()
    breaker.failed()
    clock.advance(10)
    with pytest.raises(CircuitOpenError, match="openai failed 3 times in a row") as caught:
        breaker.admit()
    assert caught.value.retry_after == 20


def test_after_the_pause_one_call_decides_for_all() -> None:
    clock = ManualClock()
    breaker = CircuitBreaker("openai", clock, threshold=1, cooldown=30)
    breaker.failed()
    clock.advance(30)
    breaker.admit()
    with pytest.raises(CircuitOpenError):
        breaker.admit()
    breaker.failed()
    with pytest.raises(CircuitOpenError):
        breaker.admit()
    clock.advance(30)
    breaker.admit()
    breaker.succeeded()
    breaker.admit()
    breaker.admit()
