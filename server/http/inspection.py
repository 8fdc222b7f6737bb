"""The route that shows one thing in full."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.clock import Clock
from server.core.visibility import Visibility
from server.http.asking import Asked
from server.http.belief_views import attribute_view, beliefs_view, entity_view, relation_view
from server.http.tenant import Here, Tenant, Tenants
from server.http.trace_views import trace_detail
from server.memory.reading import inspection, refs
from server.memory.reading.instant import Instant
from server.observe.traces import TraceLog
from server.recall import traces as decisions


def add_routes(router: APIRouter, tenants: Tenants, traces: TraceLog, clock: Clock) -> None:
    @router.get("/inspect")
    async def inspect(
        tenant: Here, asked: Asked, ref: Annotated[str, Query(max_length=1024, examples=["entity:Person/alice"])]
    ) -> dict[str, Any]:
        """One entity, attribute, relation or trace in full."""
        reference = refs.parse(ref)
        visibility, instant = asked.visibility(tenant), asked.instant(clock)
        await traces.flush()
        found = await _inspected(tenant, visibility, instant, reference)
        tenants.trace(tenant, "inspect", f"inspect {reference.kind}", visibility.common, tier="direct")
        return {"kind": reference.kind, "ref": ref} | found | {"trace_id": tenant.trace_id}


async def _inspected(
    tenant: Tenant, visibility: Visibility, instant: Instant, reference: refs.Reference
) -> dict[str, Any]:
    database, parts = tenant.database, reference.parts
    match reference.kind:
        case "entity":
            described = await inspection.entity(database, visibility, instant, *parts)
            views = [entity_view(one) for one in described.entities]
            return {"entity": views[0], "entities": views} | beliefs_view(described.beliefs)
        case "attribute":
            values = await inspection.attribute(database, visibility, instant, *parts)
            entities = {one.id: one for one in values.entities}
            return {
                "current": [attribute_view(row, entities) for row in values.current],
                "history": [attribute_view(row, entities) for row in values.history],
            }
        case "relation":
            edges = await inspection.relation(database, visibility, instant, *parts)
            return {
                "current": [relation_view(row, edges.entities) for row in edges.current],
                "history": [relation_view(row, edges.entities) for row in edges.history],
            }
        case "trace":
            row = await decisions.get(database, visibility, *parts)
            return {"trace": trace_detail(row, await decisions.linked(database, visibility, row))}
