"""Jobs of the queue, and events of the server."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Job(Record):
    """Work on a subject: `queued`, `running`, `retrying`, `done`, `failed`, `dead` or `cancelled`."""

    id: str
    context_id: str
    kind: str
    subject: str
    state: str
    created_at: datetime
    stage: str | None = None
    progress: dict[str, int | None] = field(default_factory=dict)
    attempts: int = 0
    max_attempts: int | None = None
    priority: int = 0
    error: str | None = None
    worker: str | None = None
    run_after: datetime | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Event(Record):
    """Something that happened: to a `document`, `job`, `trace` or `sweep`; `reset` says that some were missed."""

    id: str | None
    kind: str
    context_id: str | None = None
    at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
