"""Answers about the server itself."""

from datetime import datetime
from typing import NotRequired

from typing_extensions import TypedDict

from server.http.answers.common import More


class Health(TypedDict):
    """The process answers."""

    status: str
    version: str
    uptime_seconds: float


class EngineState(TypedDict):
    """The database engine; `reason` says why it is away."""

    kind: str
    state: str
    ping_ms: NotRequired[float]
    reason: NotRequired[str]


class StoreState(TypedDict):
    """The object store; `reason` says why it is away."""

    state: str
    reason: NotRequired[str]


class IndexState(TypedDict):
    """The search index; `progress` is that of the Context which is furthest behind."""

    state: str
    contexts_building: int
    progress: float


class FailedContext(TypedDict):
    """A Context that cannot be used, and why."""

    id: str
    state: str
    reason: str


class Ready(TypedDict):
    """What works and what does not."""

    status: str
    started: bool
    engine: EngineState
    object_store: StoreState
    index: IndexState
    contexts: list[FailedContext]


class Job(TypedDict):
    """A job of the queue."""

    id: str
    context_id: str
    kind: str
    subject: str
    state: str
    stage: str | None
    progress: dict[str, int | None]
    attempts: int
    max_attempts: int
    priority: int
    error: str | None
    worker: str | None
    run_after: datetime
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Jobs(More):
    """A page of jobs."""

    jobs: list[Job]
