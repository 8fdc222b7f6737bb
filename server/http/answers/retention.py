"""Answers about what will be deleted, when and why."""

from datetime import date, datetime
from typing import NotRequired

from typing_extensions import TypedDict

from server.http.answers.common import More, Scope, Traced


class Policy(TypedDict):
    """A retention policy, where it comes from and whether it counts."""

    scope: Scope
    memory_category: str
    ttl: str
    source: str
    in_force: bool


class DefaultTtl(TypedDict):
    """What holds where no policy matches."""

    memory_category: str
    ttl: str
    source: str


class Retention(TypedDict):
    """The policies of a Context."""

    context_id: str
    policies: list[Policy]
    defaults: list[DefaultTtl]
    expired_grace: str


class Sample(TypedDict):
    """One of the records that are meant."""

    id: str
    created_at: datetime
    due_at: datetime | None


class ImpactGroup(TypedDict):
    """Records of one table, category, policy and scope."""

    table: str
    memory_category: str
    policy: str
    scope: str
    count: int
    oldest: datetime
    newest: datetime
    samples: list[Sample]


class ImpactSection(TypedDict):
    """Records that fare alike."""

    count: int
    by: list[ImpactGroup]
    by_table: dict[str, int]
    by_memory_category: dict[str, int]
    by_policy: dict[str, int]
    by_scope: dict[str, int]


class PolicyWarning(TypedDict):
    """Something about the policies that may not be meant."""

    kind: str
    message: str


class ImpactDay(TypedDict):
    """How many go on a day, by the policies in force and by those proposed."""

    date: date
    current: int
    proposed: int


class Preview(TypedDict):
    """What other policies would change."""

    context_id: str
    newly_deleted: ImpactSection
    no_longer_deleted: ImpactSection
    unchanged: ImpactSection
    warnings: list[PolicyWarning]
    impact: list[ImpactDay]


class SweptGroup(TypedDict):
    """Records of one kind that went."""

    table: str
    memory_category: str
    policy: str
    count: int


class SweptContext(TypedDict):
    """What a sweep did in one Context."""

    id: str
    deleted_count: int
    by: list[SweptGroup]
    duration_ms: float
    chores: dict[str, int]
    error: NotRequired[str | None]


class Swept(TypedDict):
    """What a sweep did, or would do; a dry run has no id."""

    id: str | None
    dry_run: bool
    deleted_count: int
    contexts: list[SweptContext]
    chores: dict[str, int]
    started_at: datetime
    finished_at: datetime | None


class Sweep(Swept):
    """A sweep as it was written down."""

    state: str
    error: str | None


class Sweeps(More):
    """A page of sweeps, the newest first."""

    sweeps: list[Sweep]


class OwnSweep(SweptContext, Traced):
    """A sweep of the key's own floor."""

    affected: int


class FadedGroup(TypedDict):
    """Records whose importance faded."""

    table: str
    memory_category: str
    count: int


class Decay(Traced):
    """How many records faded."""

    context_id: NotRequired[str]
    affected: int
    by: list[FadedGroup]
