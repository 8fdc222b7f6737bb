"""The route of audit events."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.control.audit import AuditLog, Filter
from server.control.contexts import Contexts
from server.core.errors import ContextNotFoundError, UnavailableError
from server.http.bodies import Moment
from server.http.cursors import RecordCursor
from server.http.guard import Manager
from server.http.views import audit_view


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
        cursor: RecordCursor = None,
    ) -> dict[str, Any]:
        """What was refused, administered, forgotten and erased in a Context, newest first.

        Of a Context that is deleted or out of service only what is kept outside of it is told, and `complete` is false.
        """
        await audit.flush()
        wanted = Filter(context_id, kind, actor, since, until)
        try:
            async with contexts.opened(context_id) as opened:
                found = await audit.page(wanted, limit=limit + 1, cursor=cursor, within=opened.database)
                complete = True
        except (ContextNotFoundError, UnavailableError):
            found = await audit.page(wanted, limit=limit + 1, cursor=cursor)
            complete = False
            if not found:
                await contexts.registry.get(context_id)
        page, more = found[:limit], len(found) > limit
        return {
            "events": [audit_view(event) for event in page],
            "next_cursor": page[-1]["id"] if more else None,
            "has_more": more,
            "complete": complete,
        }
