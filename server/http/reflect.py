"""The route that draws together what is remembered."""

from collections import Counter
from typing import Any

from fastapi import APIRouter

from server.core.scope import Scope
from server.http.chat_bodies import ReflectionQuestion
from server.http.memory_views import effects_view, written_view
from server.http.recall_views import evidence_view, note_view, traced
from server.http.tenant import Here, Tenant, Tenants
from server.memory.parts import Memory
from server.memory.remembering import Remembered
from server.memory.speaker import user_of
from server.memory.triples import Triple
from server.memory.turns import NewTurn
from server.recall.asking import Asking
from server.recall.extractive import REFLECTION
from server.recall.hits import Hit, Recalled
from server.recall.reflection import Reflection
from server.recall.responding import Response, unmarked


def add_routes(router: APIRouter, memory: Memory, reflection: Reflection, tenants: Tenants) -> None:
    @router.post("/reflect")
    async def reflect(body: ReflectionQuestion, tenant: Here) -> dict[str, Any]:
        """What all the evidence about a question comes to; `persist` remembers it, which takes a supervisor key.

        A reflection that is remembered is a value of the key `reflection` of whom it is about. Its source is a turn
        whose metadata names the evidence.
        """
        scope: Scope | None = None
        if body.persist:
            tenant.authority.require_supervisor("persist a reflection")
            scope = tenant.writes(body.requested)
        visibility = tenant.sees(body.requested, body.scope_view)
        asking = Asking(body.query, visibility, k=body.k, labels=frozenset(body.labels))
        recalled, response = await reflection.reflect(tenant.open, asking, body.model, scope)
        evidence = response.rests_on(recalled.hits) or recalled.sources
        kept = None
        if scope is not None and response.cited:
            kept = await persist(tenant, body, scope, recalled, response, evidence)
        tenants.trace(
            tenant,
            "reflect",
            body.query,
            visibility.common,
            session_id=kept.turn.session_id if kept else None,
            **traced(recalled)
            | {
                "model": response.model,
                "token_cost": response.tokens,
                "returned": evidence,
                "written": written_view([kept.derived]) | {"turn": kept.turn.id} if kept else {},
            },
        )
        return {
            "reflection": response.text,
            "evidence": evidence,
            "citations": evidence_view(recalled.hits, response.cited),
            "persisted_attributes": _attributes(kept) if kept else [],
            "turn_id": kept.turn.id if kept else None,
            "model": response.model,
            "note": note_view(recalled, response),
            "tier": recalled.tier,
            "token_cost": response.tokens,
            "trace_id": tenant.trace_id,
        }

    async def persist(
        tenant: Tenant,
        body: ReflectionQuestion,
        scope: Scope,
        recalled: Recalled,
        response: Response,
        evidence: list[str],
    ) -> Remembered:
        text = unmarked(response.text)
        subject_type, subject = _subject(recalled, scope)
        triple = Triple(subject, REFLECTION, text, subject_type=subject_type)
        metadata = {
            "triples": [triple.document()],
            "query": body.query,
            "evidence": evidence,
            "model": response.model,
            "trace_id": tenant.trace_id,
        }
        tools = await memory.toolbox.of(tenant.open)
        session = await memory.sessions.create(tenant.database, scope, {"kind": REFLECTION}, tenant.ids)
        new = NewTurn("assistant", text, infer="reflection", labels=(*body.labels, REFLECTION), metadata=metadata)
        return await memory.remembering.remember(tools, session.id, scope, new, tenant.ids)


def _subject(recalled: Recalled, scope: Scope) -> tuple[str | None, str]:
    """Whom a reflection is about: of those that the question names, who most evidence is of; else the user."""
    named: Counter[tuple[str | None, str]] = Counter(
        (hit.entity_type, hit.entity) for hit in recalled.hits if _is_of(hit, recalled) and hit.entity
    )
    if named:
        return named.most_common(1)[0][0]
    user = user_of(scope)
    return user.type, user.name


def _is_of(hit: Hit, recalled: Recalled) -> bool:
    return hit.entity in recalled.seed_entities


def _attributes(kept: Remembered) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = effects_view(kept.derived.effects)["attributes"] if kept.derived else []
    return found
