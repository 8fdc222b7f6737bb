"""The server itself."""

from dataclasses import field
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Health(Record):
    """The server lives."""

    status: str
    version: str
    uptime_seconds: float


@dataclass(frozen=True, kw_only=True)
class ContextReadiness(Record):
    """Whether one Context can be used, and why not."""

    id: str
    state: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ready(Record):
    """Whether the server can do its work: `ready`, `degraded` or `unavailable`."""

    status: str
    engine: dict[str, Any] = field(default_factory=dict)
    object_store: dict[str, Any] = field(default_factory=dict)
    contexts: tuple[ContextReadiness, ...] = ()
