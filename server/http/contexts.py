"""Routes of the Context registry."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from server.control.contexts import Contexts
from server.control.statistics import Statistics
from server.control.tokens import TokenLedger
from server.core.clock import Clock
from server.http.bodies import ContextPatch, NewContext
from server.http.cursors import ContextCursor
from server.http.guard import Asked, Manager
from server.http.views import context_view, index_view, removal_view, usage_view
from server.index.search import Index

CREATED = 201
NO_CONTENT = 204


def add_routes(
    router: APIRouter, contexts: Contexts, statistics: Statistics, index: Index, ledger: TokenLedger, clock: Clock
) -> None:
    @router.get("/contexts")
    async def list_contexts(
        _: Manager,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: ContextCursor = "",
    ) -> dict[str, Any]:
        """All Contexts in order of their ids, a page at a time."""
        found = await contexts.registry.page(after=cursor, limit=limit + 1)
        page, more = found[:limit], len(found) > limit
        return {
            "contexts": [context_view(context, contexts) for context in page],
            "next_cursor": page[-1].id if more else None,
            "has_more": more,
        }

    @router.post("/contexts/{context_id}", status_code=CREATED)
    async def create_context(context_id: str, body: NewContext, _: Manager, origin: Asked) -> dict[str, Any]:
        """Create a Context with its database and schema, whole or not at all."""
        context = await contexts.create(context_id, body.namespace, body.database, body.config, origin)
        return context_view(context, contexts, sources=True)

    @router.get("/contexts/{context_id}")
    async def show_context(context_id: str, _: Manager) -> dict[str, Any]:
        """A Context with its configuration in force and where each value comes from."""
        return context_view(await contexts.registry.get(context_id), contexts, sources=True)

    @router.patch("/contexts/{context_id}")
    async def update_context(context_id: str, body: ContextPatch, _: Manager, origin: Asked) -> dict[str, Any]:
        """Change part of a Context's configuration, in force for the next request."""
        return context_view(await contexts.update(context_id, body.config, origin), contexts, sources=True)

    @router.delete("/contexts/{context_id}", status_code=NO_CONTENT, response_model=None)
    async def delete_context(context_id: str, _: Manager, origin: Asked, dry_run: bool = False) -> Response:
        """Delete a Context with its database, keys, jobs and objects; `dry_run` says what would go."""
        if not dry_run:
            await contexts.delete(context_id, origin)
            return Response(status_code=NO_CONTENT)
        context = await contexts.registry.get(context_id)
        counts = await contexts.belongings(context)
        tables = await statistics.tables(context)
        return JSONResponse(removal_view(context, counts, tables))

    @router.get("/contexts/{context_id}/usage")
    async def show_usage(context_id: str, _: Manager) -> dict[str, Any]:
        """Tokens used this month against the limit."""
        context = await contexts.registry.get(context_id)
        limit = contexts.effective(context).config.token_limit
        return usage_view(context, limit, await ledger.used(context_id), clock.now())

    @router.get("/contexts/{context_id}/stats")
    async def show_stats(context_id: str, _: Manager) -> dict[str, Any]:
        """Rows by table, documents by status, bytes in the object store, and how far the search index is."""
        context = await contexts.registry.get(context_id)
        stats = await statistics.stats(context)
        return {
            "context_id": context_id,
            "tables": stats.tables,
            "documents": stats.documents,
            "object_bytes": stats.object_bytes,
            "index": index_view(index.state(context.binding)),
        }
