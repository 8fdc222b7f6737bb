"""Retention policies, sweeps, and what other policies would change."""

from dataclasses import field
from datetime import date, datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Policy(Record):
    """Memories of a category whose scope contains `scope` live for `ttl`, such as `90d`, or `indefinite`."""

    scope: dict[str, Any]
    memory_category: str
    ttl: str
    source: str | None = None
    """Where it comes from: `server`, `context` or `api`."""
    in_force: bool = True
    """Whether it counts; one nearer to the Context may stand for the same scope and category."""


@dataclass(frozen=True, kw_only=True)
class DefaultTtl(Record):
    """How long a category lives where no policy matches."""

    memory_category: str
    ttl: str
    source: str


@dataclass(frozen=True, kw_only=True)
class RetentionPolicies(Record):
    """Everything that is in force in a Context."""

    context_id: str
    policies: tuple[Policy, ...]
    defaults: tuple[DefaultTtl, ...]
    expired_grace: str
    """How long a soft-deleted memory can be reinstated."""


@dataclass(frozen=True, kw_only=True)
class Sample(Record):
    """One record of a group."""

    id: str
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeletionGroup(Record):
    """Records of one table, category, policy and scope."""

    table: str
    memory_category: str
    policy: str
    scope: str
    count: int
    oldest: datetime | None = None
    newest: datetime | None = None
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeletionSet(Record):
    """One of the three parts of a comparison."""

    count: int
    by: tuple[DeletionGroup, ...] = ()
    by_table: dict[str, int] = field(default_factory=dict)
    by_memory_category: dict[str, int] = field(default_factory=dict)
    by_policy: dict[str, int] = field(default_factory=dict)
    by_scope: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PolicyWarning(Record):
    """What somebody who proposes policies should know of them."""

    kind: str
    message: str


@dataclass(frozen=True, kw_only=True)
class DayImpact(Record):
    """How many records become due on a day; on the first, also those that are due already."""

    date: date
    current: int
    proposed: int


@dataclass(frozen=True, kw_only=True)
class RetentionPreview(Record):
    """What the next sweep would delete under proposed policies beside what it would delete now."""

    context_id: str
    newly_deleted: DeletionSet
    no_longer_deleted: DeletionSet
    unchanged: DeletionSet
    warnings: tuple[PolicyWarning, ...] = ()
    impact: tuple[DayImpact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SweptGroup(Record):
    """How many records of a table and category a policy took."""

    table: str
    memory_category: str
    policy: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ContextSweep(Record):
    """What a sweep did in one Context."""

    id: str
    deleted_count: int
    by: tuple[SweptGroup, ...] = ()
    chores: dict[str, int] = field(default_factory=dict)
    duration_ms: float = 0.0
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sweep(Record):
    """A sweep: `running`, `done`, `failed` or `interrupted`; a dry run has no id."""

    id: str | None = None
    state: str = "done"
    dry_run: bool = False
    deleted_count: int
    contexts: tuple[ContextSweep, ...] = ()
    chores: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FadedGroup(Record):
    """How many facts of a table and category lost importance."""

    table: str
    memory_category: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Decay(Record):
    """What a decay pass touched."""

    context_id: str
    affected: int
    by: tuple[FadedGroup, ...] = ()
