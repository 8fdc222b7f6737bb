"""How long a job waits for its next attempt."""

import pytest

from server.jobs.backoff import Backoff


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_chance_takes_up_to_half(chance: float, share: float) -> None:
    backoff = Backoff(first_seconds=2, factor=4, longest_seconds=100, jitter=lambda: chance)
    assert [backoff.seconds(attempts) for attempts in (1, 2, 3, 4, 40)] == [
        share * whole for whole in (2, 8, 32, 100, 100)
    ]
