"""Routes by which memory is forgotten, and brought back."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from server.control.contexts import Contexts
from server.core import scope
from server.core.errors import NotFoundError
from server.core.scope import EMPTY
from server.core.visibility import visible
from server.http.guard import Manager
from server.http.memory_bodies import Scoped
from server.http.tenant import Here, Tenant, Tenants
from server.memory.forgetting.selection import Bounds, Selection
from server.memory.parts import Memory

NO_CONTENT = 204
MAX_QUERY = 1000
Where = Annotated[list[str] | None, Query(description="`org/acme/user/alice`; the whole Context if absent")]


class Forget(Scoped):
    """What to forget: words, a question, or a reference such as `entity:Person/alice` or `session:<id>`."""

    query: str = Field(min_length=1, max_length=MAX_QUERY, pattern=r"\S")
    purge: bool = False
    dry_run: bool = False


def add_routes(router: APIRouter, memory: Memory, tenants: Tenants) -> None:
    @router.post("/forget")
    async def forget(body: Forget, tenant: Here) -> dict[str, Any]:
        """Forget what a query names, softly unless `purge` is true; `dry_run` only counts."""
        bounds = bounds_of(tenant, body.requested)
        selection = await memory.forgetting.find(tenant.database, bounds, body.query)
        event = None
        if not body.dry_run:
            event = await effected(memory, tenants, tenant, bounds, selection, for_good=body.purge)
        return {
            "deleted": 0 if body.dry_run else selection.total,
            "would_delete": selection.total,
            "counts": selection.counts,
            "purged": body.purge and not body.dry_run,
            "dry_run": body.dry_run,
            "audit_id": event,
            "trace_id": tenant.trace_id,
        }

    @router.delete("/sessions/{session_id}", status_code=NO_CONTENT)
    async def delete_session(session_id: str, tenant: Here, hard: bool = False) -> Response:
        """Forget a conversation with its turns; what was learnt from it stays. `hard` erases it."""
        bounds = bounds_of(tenant, None)
        selection = await memory.forgetting.find(tenant.database, bounds, f"session:{session_id}")
        if not selection.total:
            raise NotFoundError(f"There is no session {session_id[:80]!r} that this key may delete.")
        await effected(memory, tenants, tenant, bounds, selection, for_good=hard)
        return Response(status_code=NO_CONTENT)

    @router.delete("/entities/{type_name}/{name:path}", status_code=NO_CONTENT)
    async def delete_entity(type_name: str, name: str, tenant: Here, hard: bool = False) -> Response:
        """Forget an entity with all that is said of it; `hard` erases it."""
        bounds = bounds_of(tenant, None)
        selection = await memory.forgetting.of_entity(tenant.database, bounds, type_name, name)
        await effected(memory, tenants, tenant, bounds, selection, for_good=hard)
        return Response(status_code=NO_CONTENT)


def add_management_routes(router: APIRouter, memory: Memory, contexts: Contexts, tenants: Tenants) -> None:
    def everywhere(where: list[str] | None) -> Bounds:
        return Bounds(visible(EMPTY, [scope.parse(where)] if where else []), general=not where)

    @router.delete("/contexts/{context_id}/entities/{type_name}/{name:path}", status_code=NO_CONTENT)
    async def delete_entity(
        context_id: str,
        type_name: str,
        name: str,
        _: Manager,
        request: Request,
        hard: bool = False,
        scope: Where = None,
    ) -> Response:
        """Forget an entity in every scope, or in one; `hard` erases it with its history, edges and chunks."""
        bounds = everywhere(scope)
        async with contexts.opened(context_id) as opened:
            selection = await memory.forgetting.of_entity(opened.database, bounds, type_name, name)
            await effected(memory, tenants, tenants.of(opened, request), bounds, selection, for_good=hard)
        return Response(status_code=NO_CONTENT)

    @router.post("/contexts/{context_id}/entities/{type_name}/{name:path}/reinstate")
    async def reinstate_entity(
        context_id: str, type_name: str, name: str, _: Manager, request: Request, scope: Where = None
    ) -> dict[str, Any]:
        """Bring back a forgotten entity with what was forgotten together with it."""
        async with contexts.opened(context_id) as opened:
            tenant, bounds = tenants.of(opened, request), everywhere(scope)
            tools = await memory.toolbox.of(opened)
            counts = await memory.forgetting.reinstate(
                opened.database, tools.embedder, bounds, type_name, name, tenant.origin
            )
            tenants.trace(tenant, "reinstate", "reinstate entity", bounds.visibility.common, written=counts)
        return _reinstated(tenant, counts)

    @router.post("/contexts/{context_id}/audit/{event_id}/reinstate")
    async def reinstate_forgotten(context_id: str, event_id: str, _: Manager, request: Request) -> dict[str, Any]:
        """Bring back all that one act of forgetting took; the audit event of it says which."""
        async with contexts.opened(context_id) as opened:
            tenant = tenants.of(opened, request)
            tools = await memory.toolbox.of(opened)
            counts = await memory.forgetting.undo(opened.database, tools.embedder, event_id, tenant.origin)
            tenants.trace(tenant, "reinstate", "reinstate", EMPTY, written=counts)
        return _reinstated(tenant, counts)


def _reinstated(tenant: Tenant, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "context_id": tenant.context_id,
        "reinstated": sum(counts.values()),
        "counts": dict(counts),
        "trace_id": tenant.trace_id,
    }


async def effected(
    memory: Memory, tenants: Tenants, tenant: Tenant, bounds: Bounds, selection: Selection, *, for_good: bool
) -> str | None:
    """Forget a selection and leave a trace of it; the id of the audit event."""
    event = await memory.forgetting.forget(tenant.database, bounds, selection, tenant.origin, for_good=for_good)
    kind = "forget.purge" if for_good else "forget"
    tenants.trace(tenant, kind, kind, bounds.visibility.common, written=selection.counts)
    return event


def bounds_of(tenant: Tenant, requested: object) -> Bounds:
    """A caller may forget what it could have written."""
    return Bounds(tenant.sees(requested), general=tenant.authority.principal == "management")
