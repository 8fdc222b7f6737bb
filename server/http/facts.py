"""Routes by which facts and whole conversations are remembered."""

from typing import Any

from fastapi import APIRouter

from server.core.scope import Scope
from server.http.memory_bodies import Conversation, NewFact
from server.http.memory_views import effects_view, remembered_view, written_view
from server.http.sessions import scope_in
from server.http.tenant import Here, Tenant, Tenants
from server.memory.parts import Memory
from server.memory.remembering import PREVIOUS_TURNS
from server.memory.sessions import Session
from server.memory.tools import Tools


def add_routes(router: APIRouter, memory: Memory, tenants: Tenants) -> None:
    async def known(tenant: Tenant, session_id: str | None) -> Session | None:
        return await memory.sessions.get(tenant.database, session_id, tenant.sees()) if session_id else None

    async def place(tenant: Tenant, session_id: str | None, requested: object) -> tuple[Session, Scope]:
        """The session to add to, a new one if none is named, and the scope of what is added."""
        session = await known(tenant, session_id)
        if session is not None:
            return session, scope_in(tenant, session, requested)
        scope = tenant.writes(requested)
        return await memory.sessions.create(tenant.database, scope, ids=tenant.ids), scope

    @router.post("/facts")
    async def remember(body: NewFact, tenant: Here) -> dict[str, Any]:
        """Remember one thing, or with `infer: preview` see what remembering it would change."""
        tools = await memory.toolbox.of(tenant.open)
        if body.infer == "preview":
            return await preview(tools, body, tenant)
        session, scope = await place(tenant, body.session_id, body.requested)
        remembered = await memory.remembering.remember(tools, session.id, scope, body.turn(), tenant.ids)
        written = written_view([remembered.derived]) | {"turn": remembered.turn.id}
        tenants.trace(
            tenant, "remember", f"remember, infer {body.infer}", scope, session_id=session.id, written=written
        )
        return {
            "mode": body.infer,
            "session_id": session.id,
            **remembered_view(remembered),
            "trace_id": tenant.trace_id,
        }

    async def preview(tools: Tools, body: NewFact, tenant: Tenant) -> dict[str, Any]:
        session = await known(tenant, body.session_id)
        scope = scope_in(tenant, session, body.requested) if session else tenant.writes(body.requested)
        before = await memory.turns.latest(tenant.database, session.id, scope, PREVIOUS_TURNS) if session else []
        effects = await memory.remembering.preview(tools, scope, body.turn(), [turn.content for turn in before])
        return {
            "mode": "preview",
            "preview": True,
            "session_id": session.id if session else "",
            "turn_id": None,
            "chunk_id": None,
            "extraction": effects_view(effects),
            "trace_id": tenant.trace_id,
        }

    @router.post("/facts/batch")
    async def remember_many(body: Conversation, tenant: Here) -> dict[str, Any]:
        """Remember a conversation, message by message or as a whole."""
        tools = await memory.toolbox.of(tenant.open)
        session, scope = await place(tenant, body.session_id, body.requested)
        whole = body.extract == "whole_conversation" and body.infer == "full"
        remembered = await memory.remembering.remember_all(
            tools, session.id, scope, body.turns(), tenant.ids, whole=whole
        )
        counted = remembered[-1:] if whole else remembered
        written = written_view(one.derived for one in counted) | {"turns": len(remembered)}
        tenants.trace(tenant, "remember.batch", "remember conversation", scope, session_id=session.id, written=written)
        return {
            "session_id": session.id,
            "turn_ids": [one.turn.id for one in remembered],
            "extractions": [effects_view(one.derived.effects, one.turn.id) for one in counted if one.derived],
            "pending": any(one.derived is None for one in remembered),
            "trace_id": tenant.trace_id,
        }
