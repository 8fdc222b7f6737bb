"""Routes of sessions and their turns."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.errors import ValidationError
from server.core.scope import Scope, as_mapping, as_text
from server.http.memory_bodies import NewSession, NewTurnBody
from server.http.memory_views import remembered_view, session_view, turn_view, written_view
from server.http.tenant import Here, Tenant, Tenants
from server.memory.parts import Memory
from server.memory.sessions import Session

CREATED = 201
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


def add_routes(router: APIRouter, memory: Memory, tenants: Tenants) -> None:
    async def found(tenant: Tenant, session_id: str) -> Session:
        return await memory.sessions.get(tenant.database, session_id, tenant.sees())

    @router.post("/sessions", status_code=CREATED)
    async def create_session(tenant: Here, body: NewSession | None = None) -> dict[str, Any]:
        """Begin a conversation."""
        body = body or NewSession()
        scope = tenant.writes(body.requested)
        session = await memory.sessions.create(tenant.database, scope, body.metadata, tenant.ids)
        tenants.trace(tenant, "session.create", "create session", scope, session_id=session.id)
        return session_view(session) | {"trace_id": tenant.trace_id}

    @router.get("/sessions")
    async def list_sessions(tenant: Here, limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:
        """The conversations that the caller may see, newest first."""
        listed = await memory.sessions.page(tenant.database, tenant.sees(), limit=limit + 1, offset=offset)
        return {
            "sessions": [session_view(session) for session in listed[:limit]],
            "has_more": len(listed) > limit,
            "trace_id": tenant.trace_id,
        }

    @router.get("/sessions/{session_id}")
    async def show_session(session_id: str, tenant: Here) -> dict[str, Any]:
        """A conversation without its turns."""
        return session_view(await found(tenant, session_id)) | {"trace_id": tenant.trace_id}

    @router.post("/sessions/{session_id}/turns", status_code=CREATED)
    async def add_turn(session_id: str, body: NewTurnBody, tenant: Here) -> dict[str, Any]:
        """Add a message; what it states is remembered before the answer."""
        session = await found(tenant, session_id)
        scope = scope_in(tenant, session, body.requested)
        tools = await memory.toolbox.of(tenant.open)
        remembered = await memory.remembering.remember(tools, session.id, scope, body.turn(), tenant.ids)
        written = written_view([remembered.derived]) | {"turn": remembered.turn.id}
        tenants.trace(tenant, "turn.add", "add turn", scope, session_id=session.id, written=written)
        return turn_view(remembered.turn) | remembered_view(remembered) | {"trace_id": tenant.trace_id}

    @router.get("/sessions/{session_id}/turns")
    async def list_turns(session_id: str, tenant: Here, limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:
        """The messages of a conversation in the order of their numbers."""
        session = await found(tenant, session_id)
        turns = await memory.turns.page(tenant.database, session.id, tenant.sees(), limit=limit + 1, offset=offset)
        return {
            "turns": [turn_view(turn) for turn in turns[:limit]],
            "has_more": len(turns) > limit,
            "trace_id": tenant.trace_id,
        }


def scope_in(tenant: Tenant, session: Session, requested: object) -> Scope:
    """The scope of a turn: its session's unless the caller names a narrower one or is confined to one."""
    if requested is None:
        inside = tenant.authority.floor <= session.scope
        return tenant.writes(as_mapping(session.scope)) if inside and session.scope else tenant.writes()
    scope = tenant.writes(requested)
    if not session.scope <= scope:
        raise ValidationError(
            f"The scope {as_text(scope) or 'of no attributes'} leaves out part of the session's, "
            f"{as_text(session.scope)}; a turn is never seen by more than see its session."
        )
    return scope
