"""The route of audit events."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.control.audit import AuditLog, Filter
from server.control.contexts import Contexts
from server.http.bodies import Moment
from server.http.guard import Manager
from server.http.views import audit_view

EVENT_ID = r"^\d{20}-[a-z0-9]{8}$"


def add_routes(router: APIRouter, contexts: Contexts, audit: AuditLog) -> None:
    @router.get("/contexts/{context_id}/audit")
    async def list_events(
        context_id: str,
        _: Manager,
        kind: str | None = None,
        actor: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str | None, Query(pattern=EVENT_ID)] = None,
    ) -> dict[str, Any]:
        """Refusals and administration of a Context, newest first; those of a deleted Context stay readable."""
        await audit.flush()
        wanted = Filter(context_id, kind, actor, since, until)
        found = await audit.page(wanted, limit=limit + 1, cursor=cursor)
        if not found:
            await contexts.registry.get(context_id)
        page, more = found[:limit], len(found) > limit
        return {
            "events": [audit_view(event) for event in page],
            "next_cursor": page[-1]["id"] if more else None,
            "has_more": more,
        }
