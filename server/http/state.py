"""Routes that read what is believed: the whole of it, what changed, and the user's profile."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.clock import Clock
from server.core.visibility import View, Visibility
from server.http.asking import Asked, Asking
from server.http.belief_views import changes_view, profile_view, state_view
from server.http.bodies import Moment
from server.http.memory_bodies import Scoped
from server.http.tenant import Here, Tenant, Tenants
from server.memory.reading.beliefs import everything
from server.memory.reading.changes import changes
from server.memory.reading.instant import Instant
from server.memory.reading.people import profile
from server.memory.reading.standing import doubts, instructions

MAX_ROWS = 5000
Limit = Annotated[int, Query(ge=1, le=MAX_ROWS)]


class StateQuestion(Scoped):
    """The same question with a body."""

    scope_view: View = "strict"
    as_of: Moment | None = None
    at_instant: Moment | None = None
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 1000


def add_routes(router: APIRouter, tenants: Tenants, clock: Clock) -> None:
    async def state_of(tenant: Tenant, visibility: Visibility, instant: Instant, limit: int) -> dict[str, Any]:
        beliefs = await everything(tenant.database, visibility, instant, limit=limit)
        told = await instructions(tenant.database, visibility, instant, limit=limit)
        doubted = await doubts(tenant.database, visibility, instant, limit=limit)
        read(tenant, visibility, "state", "state")
        return state_view(beliefs, told, doubted) | {"as_of": instant.as_of, "trace_id": tenant.trace_id}

    def read(tenant: Tenant, visibility: Visibility, kind: str, query: str) -> None:
        tenants.trace(tenant, kind, query, visibility.common, tier="direct")

    @router.get("/state")
    async def show_state(tenant: Here, asked: Asked, limit: Limit = 1000) -> dict[str, Any]:
        """All that is believed, by category, now or at another time."""
        return await state_of(tenant, asked.visibility(tenant), asked.instant(clock), limit)

    @router.post("/state")
    async def ask_state(tenant: Here, body: StateQuestion | None = None) -> dict[str, Any]:
        """The same with scopes in any notation."""
        body = body or StateQuestion()
        asking = Asking(body.as_of, body.at_instant, body.requested, body.scope_view)
        return await state_of(tenant, asking.visibility(tenant), asking.instant(clock), body.limit)

    @router.get("/state/diff")
    async def diff_state(tenant: Here, asked: Asked, since: Moment, limit: Limit = 1000) -> dict[str, Any]:
        """What is believed now and was not, or no longer, since a moment."""
        visibility = asked.visibility(tenant)
        found = await changes(tenant.database, visibility, since=since, until=clock.now(), limit=limit)
        read(tenant, visibility, "state.diff", f"changes since {since.isoformat()}")
        return changes_view(found) | {"trace_id": tenant.trace_id}

    @router.get("/profile")
    async def show_profile(tenant: Here, asked: Asked) -> dict[str, Any]:
        """What is known of the scope's user."""
        visibility = asked.visibility(tenant)
        found = await profile(tenant.database, visibility, asked.instant(clock))
        read(tenant, visibility, "profile", "profile")
        return profile_view(found) | {"trace_id": tenant.trace_id}
