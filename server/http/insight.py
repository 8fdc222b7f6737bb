"""Routes by which conclusions are drawn from what is remembered."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from server.http.bodies import Body
from server.http.memory_views import ref_text
from server.http.tenant import Here, Tenant, Tenants
from server.memory.insight.consolidation import Outcome
from server.memory.insight.elaboration import CONFIDENCE
from server.memory.insight.elaboration import Outcome as Elaborated
from server.memory.insight.ground import Bounds
from server.memory.names import MAX_NAME_LENGTH
from server.memory.parts import Memory


class Consolidate(Body):
    """How much to look at, and how many observations to write at most."""

    dry_run: bool = False
    fact_limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    observation_limit: Annotated[int, Field(ge=1, le=500)] = 50


class Elaborate(Body):
    """What to elaborate on: one entity, or with `sweep`, and by default, all of them."""

    entity_ref: Annotated[str, Field(min_length=1, max_length=MAX_NAME_LENGTH + 64, pattern=r"\S")] | None = None
    budget: Annotated[int, Field(ge=1, le=500)] = 50
    dry_run: bool = False
    sweep: bool = False


def add_routes(router: APIRouter, memory: Memory, tenants: Tenants) -> None:
    @router.post("/consolidate")
    async def consolidate(tenant: Here, body: Consolidate | None = None) -> dict[str, Any]:
        """Bring observations, what several facts of an entity come to, in step with the facts."""
        body = body or Consolidate()
        outcomes = await memory.consolidation.consolidate(
            await memory.toolbox.of(tenant.open),
            _bounds(tenant),
            facts=body.fact_limit,
            observations=body.observation_limit,
            dry_run=body.dry_run,
        )
        counts = {f"{kind}d": sum(one.kind == kind for one in outcomes) for kind in ("create", "update", "supersede")}
        if not body.dry_run:
            tenants.trace(tenant, "consolidate", "consolidate", tenant.authority.floor, written=counts)
        shown = [_outcome_view(one) for one in outcomes]
        return counts | {"dry_run": body.dry_run, "outcomes": shown, "trace_id": tenant.trace_id}

    @router.post("/elaborate")
    async def elaborate(tenant: Here, body: Elaborate | None = None) -> dict[str, Any]:
        """Add the relations that follow from those that are known, and say from which."""
        body = body or Elaborate()
        outcomes = await memory.elaboration.elaborate(
            await memory.toolbox.of(tenant.open),
            _bounds(tenant),
            None if body.sweep else body.entity_ref,
            budget=body.budget,
            dry_run=body.dry_run,
        )
        emitted = sum(one.emitted for one in outcomes)
        if not body.dry_run:
            tenants.trace(tenant, "elaborate", "elaborate", tenant.authority.floor, written={"relations": emitted})
        return {
            "outcomes": [_elaborated_view(one, tenant.trace_id, dry_run=body.dry_run) for one in outcomes],
            "relations_emitted": emitted,
            "dry_run": body.dry_run,
            "trace_id": tenant.trace_id,
        }


def _bounds(tenant: Tenant) -> Bounds:
    return Bounds(tenant.sees(), tenant.authority.floor, tenant.authority.principal == "management")


def _outcome_view(outcome: Outcome) -> dict[str, Any]:
    return {
        "entity_name": outcome.entity_name,
        "key": outcome.key,
        "kind": outcome.kind,
        "value": outcome.value,
        "proof_count": outcome.proof_count,
        "rationale": outcome.rationale,
        "observation_id": ref_text(outcome.observation_id),
    }


def _elaborated_view(outcome: Elaborated, trace_id: str, *, dry_run: bool) -> dict[str, Any]:
    return {
        "entity_name": outcome.entity.name,
        "entity_type": outcome.entity.type,
        "dry_run": dry_run,
        "relations_emitted": outcome.emitted,
        "trace_id": trace_id,
        "proposed_relations": [
            {
                "subject": {"type": subject.type, "name": subject.name},
                "label": proposal.label,
                "object": {"type": target.type, "name": target.name},
                "confidence": CONFIDENCE,
                "rationale": proposal.rationale,
            }
            for proposal, subject, target in outcome.proposals
        ],
    }
