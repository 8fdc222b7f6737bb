"""Documents as the server sends them."""

from typing import Any

TIME = "2026-11-20T23:56:49.812372Z"

CONTEXT: dict[str, Any] = {
    "id": "acme",
    "namespace": "acme",
    "database": "prod",
    "state": "active",
    "reason": None,
    "created_at": TIME,
    "updated_at": TIME,
    "config": {"token_limit": 1000, "models": {"extraction": "openai/gpt-4o-mini"}},
    "sources": {"token_limit": "context", "models.extraction": "server"},
    "providers_configured": ["openai"],
    "schema": {"version": 1},
}
REMOVAL = {
    "dry_run": True,
    "context": "acme",
    "namespace": "acme",
    "database": "prod",
    "tables": {"turn": 1200, "entity": 30, "session": 0},
    "keys": 2,
    "jobs": 1,
    "objects": 3,
    "object_bytes": 5 * 1024 * 1024,
}
USAGE = {
    "context_id": "acme",
    "period": "2026-11",
    "token_limit": 1000,
    "tokens_used": 250,
    "percent": 25.0,
    "resets_at": "2026-12-01T00:00:00Z",
}
STATS = {
    "context_id": "acme",
    "tables": {"turn": 12},
    "documents": {"ready": 2},
    "object_bytes": 2048,
    "index": {"state": "current"},
}
REINDEXING = {"context_id": "acme", "job_id": "j0b", "state": "queued"}
KEY: dict[str, Any] = {
    "id": "k3y",
    "context_id": "acme",
    "name": "worker",
    "principal": "agent",
    "scope_floor": {"org": "acme"},
    "created_at": TIME,
    "last_used_at": None,
    "expires_at": None,
    "revoked_at": None,
    "state": "active",
}
MINTED = {**KEY, "secret": "sk-acme-k3y-s3cr3t"}
EVENT = {
    "id": "e1",
    "kind": "key",
    "action": "key.mint",
    "actor": "m1",
    "principal": "management",
    "target": "k3y",
    "outcome": "done",
    "detail": {"name": "worker"},
    "source": "127.0.0.1",
    "request_id": "req1",
    "count": 1,
    "created_at": TIME,
}
HEALTH = {"status": "ok", "version": "0.1.0", "uptime_seconds": 12.5}
READY = {
    "status": "degraded",
    "engine": {"state": "ok"},
    "contexts": [{"id": "acme", "state": "failed", "reason": "V2"}],
}

POLICY: dict[str, Any] = {"scope": {"org": "acme"}, "memory_category": "context", "ttl": "90d"}
RETENTION: dict[str, Any] = {
    "context_id": "acme",
    "policies": [
        {**POLICY, "ttl": "1y", "source": "server", "in_force": False},
        {"scope": {}, "memory_category": "unknowns", "ttl": "60d", "source": "server", "in_force": True},
        {**POLICY, "source": "api", "in_force": True},
    ],
    "defaults": [{"memory_category": "context", "ttl": "7d", "source": "default"}],
    "expired_grace": "30d",
}
NOTHING: dict[str, Any] = {
    "count": 0, "by": [], "by_table": {}, "by_memory_category": {}, "by_policy": {}, "by_scope": {},
}  # fmt: skip
PREVIEW: dict[str, Any] = {
    "context_id": "acme",
    "newly_deleted": {
        "count": 2,
        "by": [
            {
                "table": "turn",
                "memory_category": "context",
                "policy": "org=acme: 90d",
                "scope": "org=acme",
                "count": 2,
                "oldest": TIME,
                "newest": TIME,
                "samples": [{"id": "turn:t1", "created_at": TIME, "due_at": TIME}],
            }
        ],
        "by_table": {"turn": 2},
        "by_memory_category": {"context": 2},
        "by_policy": {"org=acme: 90d": 2},
        "by_scope": {"org=acme": 2},
    },
    "no_longer_deleted": NOTHING,
    "unchanged": NOTHING,
    "warnings": [{"kind": "matches_nothing", "message": "[org=beta: 1d] for context matches no record."}],
    "impact": [
        {"date": "2026-11-20", "current": 0, "proposed": 2},
        {"date": "2026-11-21", "current": 0, "proposed": 0},
    ],
}
SWEPT = {
    "id": "acme",
    "deleted_count": 3,
    "by": [{"table": "turn", "memory_category": "context", "policy": "default: 7d", "count": 3}],
    "chores": {"traces": 4},
    "duration_ms": 12.5,
    "error": None,
}
OUTCOME: dict[str, Any] = {
    "id": "s1",
    "dry_run": False,
    "deleted_count": 3,
    "contexts": [SWEPT],
    "chores": {"jobs": 2},
    "started_at": TIME,
    "finished_at": TIME,
}
DRY_RUN: dict[str, Any] = {**OUTCOME, "id": None, "dry_run": True, "chores": {}, "finished_at": None}
SWEEP: dict[str, Any] = {**OUTCOME, "state": "done", "error": None}
DECAY: dict[str, Any] = {
    "context_id": "acme",
    "affected": 5,
    "by": [{"table": "attribute", "memory_category": "knowledge", "count": 5}],
}


def page_of(key: str, *items: Any, cursor: str | None = None) -> dict[str, Any]:
    return {key: list(items), "next_cursor": cursor, "has_more": cursor is not None}
