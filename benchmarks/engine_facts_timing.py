"""Measuring what is awaited."""

import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def milliseconds(call: Callable[[], Awaitable[Any]], rounds: int = 1) -> float:
    """The median over the rounds."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        await call()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)
