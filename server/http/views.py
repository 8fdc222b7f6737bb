"""How records look on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.control.contexts import Contexts
from server.control.keys import Key, Minted
from server.control.registry import Context
from server.index.search import State as IndexState
from server.store.engine import Row


def context_view(context: Context, contexts: Contexts, *, sources: bool = False) -> dict[str, Any]:
    """A Context with its configuration in force; provider keys never, only whose there are."""
    effective = contexts.effective(context)
    problem = contexts.problems.get(context.id)
    view = {
        "id": context.id,
        "namespace": context.binding.namespace,
        "database": context.binding.database,
        "state": "failed" if problem else context.state,
        "reason": problem,
        "created_at": context.created_at,
        "updated_at": context.updated_at,
        "config": effective.config.model_dump(),
        "providers_configured": list(context.providers),
        "schema": {"version": contexts.schema_version},
    }
    return view | {"sources": dict(effective.sources)} if sources else view


def key_view(key: Key, now: datetime) -> dict[str, Any]:
    return {
        "id": key.id,
        "context_id": key.context_id,
        "name": key.name,
        "principal": key.principal,
        "scope_floor": dict(key.scope_floor),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "state": key.state(now),
    }


def minted_view(minted: Minted, now: datetime) -> dict[str, Any]:
    """The one answer that holds a secret."""
    return key_view(minted.key, now) | {"secret": minted.secret}


def audit_view(event: Row) -> dict[str, Any]:
    names = (
        "id", "kind", "action", "actor", "principal", "target", "outcome", "detail", "source", "request_id", "count",
        "context_id", "created_at",
    )  # fmt: skip
    return {name: event.get(name) for name in names}


def usage_view(context: Context, limit: int | None, used: int, now: datetime) -> dict[str, Any]:
    """Tokens of the running month."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return {
        "context_id": context.id,
        "period": f"{now:%Y-%m}",
        "token_limit": limit,
        "tokens_used": used,
        "percent": round(100 * used / limit, 2) if limit else None,
        "resets_at": following,
    }


def removal_view(context: Context, counts: Mapping[str, int], tables: Mapping[str, int]) -> dict[str, Any]:
    """What deleting a Context would take away."""
    return {
        "dry_run": True,
        "context": context.id,
        "namespace": context.binding.namespace,
        "database": context.binding.database,
        "tables": dict(tables),
        "keys": counts.get("keys", 0),
        "jobs": counts.get("jobs", 0),
        "objects": counts.get("objects", 0),
        "object_bytes": counts.get("object_bytes", 0),
    }


def index_view(state: IndexState) -> dict[str, Any]:
    """How far a search index is."""
    return {"state": state.state, "progress": round(state.progress, 3), "chunks": state.done}
