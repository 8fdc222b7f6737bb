"""Routes of a Context's retention policies."""

from typing import Any

from fastapi import APIRouter

from server.http.guard import Asked, Manager
from server.http.retention_bodies import PolicyList, Proposal
from server.http.retention_views import comparison_view, retention_view
from server.retention.parts import Retention


def add_routes(router: APIRouter, retention: Retention) -> None:
    policies = retention.policies

    @router.get("/contexts/{context_id}/retention")
    async def show_policies(context_id: str, _: Manager) -> dict[str, Any]:
        """The policies of a Context with where each comes from, and the defaults where none matches."""
        async with policies.contexts.opened(context_id) as opened:
            return retention_view(context_id, policies.rules(opened.context))

    @router.put("/contexts/{context_id}/retention")
    async def replace_policies(context_id: str, body: PolicyList, _: Manager, origin: Asked) -> dict[str, Any]:
        """Replace the Context's own policies; those of the server stay in force beside them."""
        context = await policies.replace(context_id, body.read(), origin)
        return retention_view(context_id, policies.rules(context))

    @router.post("/contexts/{context_id}/retention/preview")
    async def preview_policies(context_id: str, body: Proposal, _: Manager) -> dict[str, Any]:
        """What the next sweep would delete under other policies beside what it would delete now; changes nothing."""
        async with policies.contexts.opened(context_id) as opened:
            current = policies.rules(opened.context)
            proposed = current.replacing(body.read())
            comparison = await retention.preview.compare(
                opened.database, current, proposed, horizon_days=body.horizon_days
            )
            return comparison_view(context_id, comparison)
