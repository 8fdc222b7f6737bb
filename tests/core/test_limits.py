"""Token buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.limits import RateLimiter
from tests.support.clock import FakeClock


def test_a_minute_holds_what_it_holds() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    assert [limiter.take("a", 3) for _ in range(3)] == [0, 0, 0]
    assert limiter.take("a", 3) == pytest.approx(20)
    clock.advance(19.9)
    assert limiter.take("a", 3) > 0
    clock.advance(0.1)
    assert limiter.take("a", 3) == 0
    clock.advance(3600)
    assert [limiter.take("a", 3) > 0 for _ in range(4)] == [False, False, False, True]


def test_keys_have_buckets_of_their_own() -> None:
    limiter = RateLimiter(FakeClock())
    assert limiter.take("a", 1) == 0
    assert limiter.take(("a",), 1) == 0
    assert limiter.take("a", 1) > 0


def test_what_is_given_back_can_be_taken_again_but_never_more() -> None:
    limiter = RateLimiter(FakeClock())
    limiter.take("a", 1)
    for _ in range(5):
        limiter.give_back("a", 1)
    assert limiter.take("a", 1) == 0
    assert limiter.take("a", 1) > 0


def test_amounts() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    assert limiter.take("a", 1000, 800) == 0
    assert limiter.take("a", 1000, 300) == pytest.approx(6)
    assert limiter.take("a", 1000, 200) == 0


def test_a_limit_that_is_lowered_holds_at_once() -> None:
    limiter = RateLimiter(FakeClock())
    assert limiter.take("a", 100) == 0
    assert [limiter.take("a", 2) > 0 for _ in range(3)] == [False, False, True]


def test_the_keys_seen_longest_ago_are_forgotten() -> None:
    limiter = RateLimiter(FakeClock(), max_keys=2)
    for key in ("a", "b", "a", "c"):
        limiter.take(key, 2)
    assert limiter.take("a", 2) > 0
    assert limiter.take("b", 2) == 0


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 5)), max_size=50))
def test_never_more_than_a_burst_and_the_rate(steps: list[tuple[float, int]]) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    taken = 0
    for pause, amount in steps:
        clock.advance(pause)
        taken += amount if limiter.take("a", 10, amount) == 0 else 0
        assert taken <= 10 + clock.monotonic() * 10 / 60 + 1e-6
