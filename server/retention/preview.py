"""What other policies would change: what goes now, under those in force and under proposed ones, and what goes when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from surrealdb import RecordID

from server.core.clock import Clock
from server.core.scope import as_text
from server.retention.fates import Fate, label, micros, moment
from server.retention.plan import Doomed, Plan
from server.retention.rules import Rules
from server.retention.warnings import Warned, warnings
from server.store.engine import Database

MAX_SAMPLES = 20
# Scopes can be as many as there are users: what goes beyond these is counted together.
MAX_GROUPS = 500
OTHER_SCOPES = "(others)"


class Group(NamedTuple):
    """What is counted together; `scope` as text."""

    table: str
    memory_category: str
    policy: str
    scope: str


@dataclass(frozen=True)
class Sample:
    """One record of a group."""

    id: RecordID
    created_at: datetime
    due_at: datetime


@dataclass
class Counted:
    """How many records of a group there are, from when, with some of them."""

    count: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    samples: list[Sample] = field(default_factory=list)

    def add(self, record: Doomed, due: int) -> None:
        created = moment(record.created)
        self.count += 1
        self.oldest = min(self.oldest or created, created)
        self.newest = max(self.newest or created, created)
        if len(self.samples) < MAX_SAMPLES:
            self.samples.append(Sample(record.id, created, moment(due)))


@dataclass
class Section:
    """One of the three sets of a comparison."""

    groups: dict[Group, Counted] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(counted.count for counted in self.groups.values())

    def add(self, table: str, record: Doomed, rules: Rules, fate: Fate) -> None:
        group = Group(table, record.category, label(rules, fate), as_text(record.scope))
        if group not in self.groups and len(self.groups) >= MAX_GROUPS:
            group = group._replace(scope=OTHER_SCOPES)
        self.groups.setdefault(group, Counted()).add(record, fate.due or 0)


@dataclass
class Comparison:
    """The policies in force and the proposed ones, side by side."""

    current: Rules
    proposed: Rules
    newly_deleted: Section = field(default_factory=Section)
    no_longer_deleted: Section = field(default_factory=Section)
    unchanged: Section = field(default_factory=Section)
    by_day: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    warnings: Sequence[Warned] = ()


@dataclass(frozen=True)
class Preview:
    """Compares; writes nothing."""

    clock: Clock

    async def compare(self, database: Database, current: Rules, proposed: Rules, *, horizon_days: int) -> Comparison:
        """What the next sweep would delete under each, and what further sweeps would until the horizon."""
        now = self.clock.now()
        comparison = Comparison(current, proposed)
        days: tuple[Counter[date], Counter[date]] = (Counter(), Counter())
        emptied: Counter[str] = Counter()
        plan = Plan(database, [current, proposed], now + timedelta(days=horizon_days), described=True)
        async for batch in plan.batches():
            for record in batch.records:
                for counted, fate in zip(days, record.fates, strict=True):
                    if fate.due is not None and fate.due <= plan.until:
                        counted[max(moment(fate.due), now).date()] += 1
                gone = [fate.due is not None and fate.due <= micros(now) for fate in record.fates]
                emptied[record.category] += gone[1]
                _add(comparison, batch.table.name, record, *gone)
        comparison.by_day = {
            day: (days[0][day], days[1][day])
            for day in ((now + timedelta(days=number)).date() for number in range(horizon_days + 1))
        }
        comparison.warnings = await warnings(database, proposed, emptied)
        return comparison


def _add(comparison: Comparison, table: str, record: Doomed, now: bool, then: bool) -> None:
    current, proposed = record.fates
    if now and then:
        comparison.unchanged.add(table, record, comparison.proposed, proposed)
    elif then:
        comparison.newly_deleted.add(table, record, comparison.proposed, proposed)
    elif now:
        comparison.no_longer_deleted.add(table, record, comparison.current, current)
