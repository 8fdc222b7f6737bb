"""The route that tells what was read, written and forgotten."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.scope import as_mapping
from server.http.bodies import Moment
from server.http.memory_views import ref_text
from server.http.tenant import Here
from server.memory.access_log import Kind, Wanted, accesses, kind_of, rows_touched
from server.observe.traces import TraceLog
from server.store.engine import Row
from server.store.scoped import scope_of


def add_routes(router: APIRouter, traces: TraceLog) -> None:
    @router.get("/audit")
    async def list_accesses(
        tenant: Here,
        principal: Annotated[str | None, Query(max_length=256)] = None,
        key: Annotated[str | None, Query(max_length=256)] = None,
        kind: Kind | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        """Who read and wrote what in the caller's sight, newest first, and what was forgotten there."""
        await traces.flush()
        wanted = Wanted(principal, key, kind, since, until, limit)
        rows, events = await accesses(tenant.database, tenant.sees(), wanted)
        return {
            "rows": [_access_view(row) for row in rows],
            "events": [_event_view(row) for row in events],
            "trace_id": tenant.trace_id,
        }


def _access_view(row: Row) -> dict[str, Any]:
    return {
        "trace_id": ref_text(row["id"]),
        "created_at": row["created_at"],
        "kind": kind_of(row),
        "operation": row.get("kind"),
        "cost": float(row.get("token_cost") or 0),
        "latency_ms": round(row["duration_ms"]),
        "rows_touched": rows_touched(row),
        "model": row.get("model"),
        "principal": row.get("api_key_id"),
        "principal_kind": row.get("principal"),
        "session_id": row.get("session_id"),
        "scope": as_mapping(scope_of(row["scope"])),
    }


def _event_view(row: Row) -> dict[str, Any]:
    plain = {
        name: row.get(name) for name in ("kind", "action", "actor", "principal", "outcome", "detail", "request_id")
    }
    return plain | {
        "id": ref_text(row["id"]),
        "scope": as_mapping(scope_of(row["scope"])),
        "created_at": row["created_at"],
    }
