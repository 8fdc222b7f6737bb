"""Which of many things a drill looks at."""

import random
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

SAMPLES = 5
LOOKED_THROUGH = 200
T = TypeVar("T")


def sample(found: Iterable[T], chance: random.Random) -> tuple[list[T], int]:
    """A few of the first of them, and of how many these were chosen."""
    first = [*islice(found, LOOKED_THROUGH)]
    return chance.sample(first, min(SAMPLES, len(first))), len(first)
