"""Traces of a stretch of time, found by their index."""

from datetime import UTC, datetime, timedelta
from typing import Any

TRACES = "decision_trace WITH INDEX created_index"
BETWEEN = (
    "created_at >= $about_since AND created_at < $about_until "
    "AND time::micros(created_at) >= $since AND time::micros(created_at) < $until"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The engine's indexes order moments right to the second only, so the index finds a little more than is asked for.
_SLACK = timedelta(seconds=1)
_EARLIEST = datetime.min.replace(tzinfo=UTC) + _SLACK
_LATEST = datetime.max.replace(tzinfo=UTC) - _SLACK


def micros(moment: datetime) -> int:
    """Microseconds of the epoch, as the engine counts them."""
    return (moment - _EPOCH) // _MICROSECOND


def during(since: datetime, until: datetime) -> tuple[str, dict[str, Any]]:
    """The condition that a trace began at `since` or later and before `until`, with its variables."""
    variables = {
        "about_since": max(since, _EARLIEST) - _SLACK,
        "about_until": min(until, _LATEST) + _SLACK,
        "since": micros(since),
        "until": micros(until),
    }
    return BETWEEN, variables
