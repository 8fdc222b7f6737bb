"""Routes of entities."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.clock import Clock
from server.http.asking import Asked
from server.http.belief_views import attribute_view, beliefs_view, entity_view
from server.http.tenant import Here, Tenants
from server.memory import entities
from server.memory.reading import inspection

Limit = Annotated[int, Query(ge=1, le=5000)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


def add_routes(router: APIRouter, tenants: Tenants, clock: Clock) -> None:
    @router.get("/entities")
    async def list_entities(
        tenant: Here,
        asked: Asked,
        type_name: Annotated[str | None, Query(alias="type", max_length=256)] = None,
        limit: Limit = 1000,
        offset: Offset = 0,
    ) -> dict[str, Any]:
        """Who and what is remembered, in the order of types and names."""
        visibility, instant = asked.visibility(tenant), asked.instant(clock)
        found, more = await entities.page(
            tenant.database, visibility, instant.known_at, type_name=type_name, limit=limit, offset=offset
        )
        tenants.trace(tenant, "entity.list", "list entities", visibility.common, tier="direct")
        return {
            "entities": [entity_view(one) for one in found],
            "has_more": more,
            "trace_id": tenant.trace_id,
        }

    @router.get("/entities/{type_name}/{name:path}/history/{key}")
    async def show_history(type_name: str, name: str, key: str, tenant: Here, asked: Asked) -> dict[str, Any]:
        """Every value that a key has had, in the order in which they were said."""
        visibility, instant = asked.visibility(tenant), asked.instant(clock)
        values = await inspection.attribute(tenant.database, visibility, instant, type_name, name, key)
        known = {one.id: one for one in values.entities}
        tenants.trace(tenant, "entity.history", "show history", visibility.common, tier="direct")
        return {"history": [attribute_view(row, known) for row in values.history], "trace_id": tenant.trace_id}

    @router.get("/entities/{type_name}/{name:path}")
    async def show_entity(type_name: str, name: str, tenant: Here, asked: Asked) -> dict[str, Any]:
        """What is believed of an entity; several scopes may each have one of the name, and all visible are told of."""
        visibility, instant = asked.visibility(tenant), asked.instant(clock)
        described = await inspection.entity(tenant.database, visibility, instant, type_name, name)
        views = [entity_view(one) for one in described.entities]
        tenants.trace(tenant, "entity", "show entity", visibility.common, tier="direct")
        return {"entity": views[0], "entities": views} | beliefs_view(described.beliefs) | {"trace_id": tenant.trace_id}
