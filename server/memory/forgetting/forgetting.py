"""Forgetting as callers ask for it: softly or for good, by name, by words or by scope."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from surrealdb import RecordID

from server.control.accounting import event
from server.control.audit import AuditLog, Origin
from server.control.contexts import Open
from server.core.clock import Clock
from server.core.errors import NotFoundError
from server.core.scope import EMPTY, Scope
from server.core.visibility import visible
from server.index.writes import IndexWrites
from server.memory.entities import named
from server.memory.forgetting.erasing import erase, quoting
from server.memory.forgetting.finding import Finder
from server.memory.forgetting.gathering import gathered, within
from server.memory.forgetting.hiding import hide
from server.memory.forgetting.reinstating import reinstate
from server.memory.forgetting.selection import Bounds, Selection
from server.memory.reading.instant import Instant
from server.models.embedding import Embedder
from server.observe.traces import TraceLog
from server.store.engine import Database
from server.store.scoped import condition, scope_of

KIND = "memory"
BESIDES = ("decision_trace", "scope_node")

ACT = "SELECT created_at, scope FROM $event WHERE action = 'memory.forget'"


class Keeping(Protocol):
    """Another domain that keeps something of a scope, such as documents."""

    async def erase_scope(self, opened: Open, scope: Scope, origin: Origin) -> Mapping[str, int]:
        """Erase all of it; how many records of each table that were."""
        ...

    async def count_scope(self, opened: Open, scope: Scope) -> Mapping[str, int]:
        """How many that would be."""
        ...


class Forgetting:
    """Soft by default: what is forgotten can be reinstated until a sweep takes it; erased is erased."""

    def __init__(
        self, index: IndexWrites, traces: TraceLog, audit: AuditLog, clock: Clock, others: Sequence[Keeping] = ()
    ) -> None:
        self._index = index
        self._traces = traces
        self._audit = audit
        self._clock = clock
        self._others = others

    async def find(self, database: Database, bounds: Bounds, query: str) -> Selection:
        """Everything that forgetting a query takes along; nothing is changed."""
        found = await Finder(database, bounds, Instant.of(self._clock.now())).find(query)
        return await gathered(database, bounds, found) if found.total else found

    async def of_entity(self, database: Database, bounds: Bounds, type_name: str, name: str) -> Selection:
        """The same for an entity."""
        found = await named(database, bounds.visibility, type_name, name)
        ids = [one.id for one in found if one.scope or bounds.general]
        if not ids:
            raise NotFoundError(f"There is no entity {type_name[:80]}/{name[:80]} that this key may forget.")
        return await gathered(database, bounds, Selection().plus(ids))

    async def forget(
        self, database: Database, bounds: Bounds, selection: Selection, origin: Origin, *, for_good: bool
    ) -> str | None:
        """Hide or erase a selection, with an audit event in the same transaction; the id of that event."""
        if not selection.total:
            return None
        action = "memory.erase" if for_good else "memory.forget"
        audit = event(self._audit, KIND, action, origin, bounds.visibility.clauses[0], selection.counts)
        if not for_good:
            await hide(database, self._index, selection, audit)
            return str(audit["id"])
        await self._traces.flush()
        traces = await quoting(database, bounds.visibility, selection.names)
        await erase(database, self._index, selection, audit, also=traces)
        return str(audit["id"])

    async def reinstate(
        self, database: Database, embedder: Embedder, bounds: Bounds, type_name: str, name: str, origin: Origin
    ) -> dict[str, int]:
        """Bring back the entity that was forgotten last under a name, with what was forgotten together with it."""
        hidden = await named(database, bounds.visibility, type_name, name, forgotten=True)
        hidden = [one for one in hidden if one.scope or bounds.general]
        if not hidden:
            raise NotFoundError(f"No entity {type_name[:80]}/{name[:80]} is forgotten; nothing can be reinstated.")
        last = max(hidden, key=lambda one: one.forgotten_at or one.created_at)
        audit = event(self._audit, KIND, "memory.reinstate", origin, last.scope, {})
        at, now = last.forgotten_at or last.created_at, self._clock.now()
        return await reinstate(database, self._index, bounds, at, now, audit, embedder.dimension)

    async def undo(self, database: Database, embedder: Embedder, event_id: str, origin: Origin) -> dict[str, int]:
        """Bring back what the act of forgetting behind an audit event took."""
        act = await database.row(ACT, {"event": RecordID("audit_event", event_id)})
        if act is None:
            raise NotFoundError(
                f"The event {event_id[:80]} is no act of forgetting; the audit names those of the action memory.forget."
            )
        audit = event(self._audit, KIND, "memory.reinstate", origin, scope_of(act["scope"]), {})
        everywhere = Bounds(visible(EMPTY), general=True)
        at, now = act["created_at"], self._clock.now()
        counts = await reinstate(database, self._index, everywhere, at, now, audit, embedder.dimension)
        if not counts:
            raise NotFoundError(f"Nothing of the event {event_id[:80]} is left: it came back before, or was swept.")
        return counts

    async def count_scope(self, opened: Open, scope: Scope) -> dict[str, int]:
        """What erasing a scope would take; nothing is changed."""
        counts: Counter[str] = Counter()
        for other in self._others:
            counts.update(await other.count_scope(opened, scope))
        counts.update((await within(opened.database, visible(EMPTY, [scope]))).counts)
        return dict(+counts)

    async def erase_scope(self, opened: Open, scope: Scope, origin: Origin) -> dict[str, int]:
        """Erase whatever carries all of the scope's attributes, in every domain; memory goes last, with the audit."""
        counts: Counter[str] = Counter()
        for other in self._others:
            counts.update(await other.erase_scope(opened, scope, origin))
        database = opened.database
        await self._traces.flush()
        visibility = visible(EMPTY, [scope])
        selection = await within(database, visibility)
        rule, variables = condition(visibility)
        found = await database.read(
            ";".join(f"SELECT VALUE id FROM {table} WHERE scope != <set>[] AND {rule}" for table in BESIDES), variables
        )
        counts.update(selection.counts)
        audit = event(self._audit, KIND, "scope.erase", origin, scope, counts)
        await erase(database, self._index, selection, audit, also=[record for rows in found for record in rows])
        return dict(counts)
