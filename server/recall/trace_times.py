"""Traces of a stretch of time, found by their index."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.store.moments import between

TRACES = "decision_trace WITH INDEX created_index"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds of the epoch, as the engine counts them."""
    return (moment - _EPOCH) // _MICROSECOND


def during(since: datetime, until: datetime) -> tuple[str, dict[str, Any]]:
    """The condition that a trace began at `since` or later and before `until`, with its variables."""
    return between("created_at", since=since, before=until)
