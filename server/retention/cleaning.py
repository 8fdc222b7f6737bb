"""What a sweep does in one Context."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.control.contexts import Open
from server.core.clock import Clock
from server.core.errors import FencedError
from server.core.scope import EMPTY, Scope
from server.index.writes import IndexWrites
from server.observe.traffic import Traffic
from server.retention.chores import Chore
from server.retention.deletion import Deletion
from server.retention.pace import Pace
from server.retention.plan import Batch, Plan
from server.retention.policies import Policies
from server.retention.streams import Cursor, streams
from server.retention.sweeps import ContextSweep
from server.retention.tables import BY_NAME
from server.retention.tenure import Tenure
from server.store.engine import Row

# A batch in which something has changed since it was planned is looked for again.
PASSES = 3


@dataclass(frozen=True)
class Wanted:
    """Which Contexts to sweep, all if none is named, and the scope that records must contain to be touched."""

    contexts: frozenset[str] = frozenset()
    within: Scope = EMPTY


class Cleaner:
    """Deletes what is due in a Context, or counts it."""

    def __init__(
        self, policies: Policies, index: IndexWrites, traffic: Traffic, clock: Clock, chores: Sequence[Chore] = ()
    ) -> None:
        self._policies = policies
        self._index = index
        self._traffic = traffic
        self._clock = clock
        self._chores = chores

    async def count(self, report: ContextSweep, wanted: Wanted) -> None:
        """What would be deleted now."""
        async with self._policies.contexts.opened(report.id) as opened:
            rules = self._policies.rules(opened.context)
            async for batch in self._plan(opened, wanted).batches():
                report.count(rules, batch)

    async def clean(self, report: ContextSweep, wanted: Wanted, tenure: Tenure) -> None:
        """Delete it, and tidy up where the whole Context is meant."""
        await self._enter(report, tenure)
        for _ in range(PASSES):
            if await self._passed(report, wanted, tenure):
                break
        if not wanted.within:
            async with self._policies.contexts.opened(report.id) as opened:
                for chore in self._chores:
                    report.chores[chore.name] = await tenure.during(chore.tidy(report.id, opened.database))

    async def _enter(self, report: ContextSweep, tenure: Tenure) -> None:
        """Shut out earlier sweeps; a Context that has seen a higher fence was restored from elsewhere."""
        async with self._policies.contexts.opened(report.id) as opened:
            try:
                await Deletion(self._index, tenure.fence).enter(opened.database)
            except FencedError as error:
                await tenure.surpass(error.highest)
                await Deletion(self._index, tenure.fence).enter(opened.database)

    async def _passed(self, report: ContextSweep, wanted: Wanted, tenure: Tenure) -> bool:
        """Go through everything under the policies of now; False if it is to be done again."""
        async with self._policies.contexts.opened(report.id) as opened:
            plan = self._plan(opened, wanted)
            pace = Pace(self._clock, self._traffic, alone=opened.database.engine.kind == "embedded")
        deletion, complete = Deletion(self._index, tenure.fence), True
        for stream in streams(plan.variants, plan.latest):
            cursor: Cursor | None = Cursor()
            while cursor:
                began = self._clock.monotonic()
                async with self._policies.contexts.opened(report.id) as opened:
                    if self._policies.rules(opened.context) != plan.variants[0]:
                        return False
                    done = await deletion.page(opened.database, plan.conditions, stream, cursor, limit=pace.page)
                    report.count_rows(plan.variants[0], stream.table, done.counts)
                    complete = await self._judged(report, plan, deletion, opened, done.heads) and complete
                cursor = done.following
                await tenure.keep()
                await pace.rest(self._clock.monotonic() - began)
        return complete

    async def _judged(
        self, report: ContextSweep, plan: Plan, deletion: Deletion, opened: Open, heads: list[Row]
    ) -> bool:
        """Delete those of some chains that are due as a whole; False if one has changed meanwhile."""
        records = await plan.chains(heads) if heads else []
        if records and not await deletion.chains(opened.database, plan.conditions, [record.id for record in records]):
            return False
        report.count(plan.variants[0], Batch(BY_NAME["attribute"], records))
        return True

    def _plan(self, opened: Open, wanted: Wanted) -> Plan:
        rules = self._policies.rules(opened.context)
        return Plan(opened.database, [rules], self._clock.now(), within=wanted.within)
