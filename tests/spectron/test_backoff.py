from hypothesis import given
from hypothesis import strategies as st

from spectron.backoff import Backoff


@given(attempt=st.integers(0, 60), chance=st.floats(0, 1))
def test_delays_stay_within_their_bounds(attempt: int, chance: float) -> None:
    backoff = Backoff(retries=100, first=0.5, longest=10, random=lambda: chance)

    delay = backoff.delay(attempt)

    assert delay is not None
    assert 0 <= delay <= min(10, 0.5 * 2**attempt)


@given(asked=st.floats(0, 20), chance=st.floats(0, 1))
def test_a_server_that_names_a_wait_is_never_asked_sooner(asked: float, chance: float) -> None:
    delay = Backoff(longest=20, random=lambda: chance).delay(0, asked)

    assert delay is not None
    assert delay >= asked


def test_a_wait_over_the_longest_is_not_waited() -> None:
    assert Backoff(longest=20).delay(0, 20.1) is None


def test_there_are_only_so_many_retries() -> None:
    backoff = Backoff(retries=2)

    assert backoff.delay(1) is not None
    assert backoff.delay(2) is None
    assert backoff.delay(2, 1.0) is None
    assert Backoff(retries=0).delay(0) is None
