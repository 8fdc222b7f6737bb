"""A job as the queue keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from server.core.scope import EMPTY, Scope, parse
from server.store.engine import Row

State = Literal["queued", "retrying", "running", "done", "failed", "dead", "cancelled"]

STATES: tuple[State, ...] = get_args(State)
UNFINISHED: tuple[State, ...] = ("queued", "retrying", "running")


@dataclass(frozen=True)
class Progress:
    """How far a job has come."""

    stage: str
    done: int | None = None
    total: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {"stage": self.stage, "progress_done": self.done, "progress_total": self.total}


@dataclass(frozen=True)
class Job:
    """Work on a subject of a Context, and how far it has come."""

    id: str
    context_id: str
    kind: str
    subject: str
    key: str
    payload: Mapping[str, Any]
    scope: Scope
    state: State
    priority: int
    attempts: int
    max_attempts: int
    claims: int
    run_after: datetime
    created_at: datetime
    updated_at: datetime
    stage: str | None = None
    progress_done: int | None = None
    progress_total: int | None = None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    last_error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def finished(self) -> bool:
        return self.state not in UNFINISHED

    @property
    def unique_key(self) -> str:
        return unique_key(self.context_id, self.kind, self.key)


@dataclass(frozen=True)
class Claimed:
    """The right to work on a job until the lease ends; each claim of a job has a number of its own."""

    job: Job
    lease_until: datetime

    @property
    def token(self) -> dict[str, Any]:
        """The variables of a statement that only the holder of this claim may run."""
        return {"id": self.job.id, "claims": self.job.claims}


@dataclass(frozen=True)
class NewJob:
    """What is to be done."""

    context_id: str
    kind: str
    subject: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = EMPTY
    priority: int = 0
    max_attempts: int = 5
    key: str | None = None

    @property
    def unique_key(self) -> str:
        return unique_key(self.context_id, self.kind, self.key or self.subject)

    def row(self) -> Row:
        return {
            "context_id": self.context_id,
            "kind": self.kind,
            "subject": self.subject,
            "key": self.key,
            "unique_key": self.unique_key,
            "payload": dict(self.payload),
            "scope": [str(attribute) for attribute in sorted(self.scope)],
            "priority": self.priority,
            "max_attempts": self.max_attempts,
        }


def unique_key(context_id: str, kind: str, key: str) -> str:
    """What two unfinished jobs never share; no Context id and no kind holds a space."""
    return f"{context_id} {kind} {key}"


def job_of(row: Row) -> Job:
    """The job in a selected row."""
    values = {name: row[name] for name in Job.__dataclass_fields__ if row.get(name) is not None}
    values |= {"id": row["id"].id, "key": row.get("key") or row["subject"], "scope": parse(row["scope"])}
    return Job(**values)


def jobs_of(rows: Sequence[Row]) -> list[Job]:
    return [job_of(row) for row in rows]
