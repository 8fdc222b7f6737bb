"""Routes of what can be done now instead of by the clock: sweeps and decay, and a new search index."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.errors import UnavailableError
from server.http.cursors import RecordCursor
from server.http.guard import Asked, Manager
from server.http.retention_views import decay_view, outcome_view, scoped_sweep_view, sweep_view
from server.http.tenant import Here, Tenants
from server.recall.reindexing import Reindexing
from server.retention.cleaning import Wanted
from server.retention.parts import Retention
from server.retention.sweeps import ContextSweep

ACCEPTED = 202


def add_routes(router: APIRouter, retention: Retention, reindexing: Reindexing) -> None:
    sweeper = retention.sweeper

    @router.post("/lifecycle/expire")
    async def expire(
        _: Manager, origin: Asked, dry_run: bool = False, context: Annotated[tuple[str, ...], Query()] = ()
    ) -> dict[str, Any]:
        """Delete what is due in all Contexts or in some; `dry_run` says what that would be."""
        wanted = Wanted(frozenset(context))
        return outcome_view(await (sweeper.dry_run(wanted) if dry_run else sweeper.sweep(wanted, origin)))

    @router.get("/lifecycle/sweeps")
    async def list_sweeps(
        _: Manager, limit: Annotated[int, Query(ge=1, le=500)] = 50, cursor: RecordCursor = None
    ) -> dict[str, Any]:
        """Sweeps, the newest first, with one that is running as far as it has come."""
        found = await retention.sweeps.page(limit=limit + 1, before=cursor)
        page, more = found[:limit], len(found) > limit
        return {
            "sweeps": [sweep_view(row) for row in page],
            "next_cursor": page[-1]["id"] if more else None,
            "has_more": more,
        }

    @router.post("/contexts/{context_id}/lifecycle/decay")
    async def decay(context_id: str, _: Manager) -> dict[str, Any]:
        """Take one day's importance from the facts of a Context now, besides what the days take."""
        async with retention.policies.contexts.opened(context_id) as opened:
            return {"context_id": context_id} | decay_view(await retention.decay.step(opened.database))

    @router.post("/contexts/{context_id}/reindex", status_code=ACCEPTED)
    async def reindex(context_id: str, _: Manager, origin: Asked) -> dict[str, Any]:
        """Build the search index anew in the background, as a job; until it is done the old one goes on answering."""
        job = await reindexing.request(context_id, origin)
        return {"context_id": context_id, "job_id": job.id, "state": job.state}


def add_tenant_routes(router: APIRouter, retention: Retention, tenants: Tenants) -> None:
    @router.post("/lifecycle/expire")
    async def expire_own(tenant: Here) -> dict[str, Any]:
        """Delete what is due among the records inside the caller's own floor."""
        floor = tenant.authority.floor
        sweep = await retention.sweeper.sweep(Wanted(frozenset({tenant.context_id}), floor), tenant.origin)
        report = sweep.contexts[0] if sweep.contexts else ContextSweep(tenant.context_id)
        if report.error:
            raise UnavailableError(report.error)
        tenants.trace(tenant, "expire", "lifecycle/expire", floor, written={"deleted": report.deleted_count})
        return scoped_sweep_view(report, tenant.trace_id)

    @router.post("/lifecycle/decay")
    async def decay_own(tenant: Here) -> dict[str, Any]:
        """Take one day's importance from the facts inside the caller's own floor."""
        floor = tenant.authority.floor
        counted = await retention.decay.step(tenant.database, floor)
        tenants.trace(tenant, "decay", "lifecycle/decay", floor, written={"affected": counted.total()})
        return decay_view(counted) | {"trace_id": tenant.trace_id}
