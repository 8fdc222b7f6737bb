"""The HTTP application, put together from its routers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI
from starlette.types import ASGIApp

from server.control.answers import Answers
from server.control.audit import AuditLog
from server.control.authentication import Authenticator
from server.control.contexts import Contexts
from server.control.keys import Keys
from server.control.secrets import Cipher
from server.control.statistics import Statistics
from server.control.tokens import TokenLedger
from server.core.clock import Clock
from server.core.ids import Ids
from server.core.limits import RateLimiter
from server.http import audit, contexts, facts, keys, lifecycle, problems, retention, sessions
from server.http.guard import Guard
from server.http.health import Readiness, health_router
from server.http.idempotency import Idempotency
from server.http.middleware import RequestContext
from server.http.routing import management_router, tenant_router
from server.http.tenant import Tenants
from server.memory.parts import Memory
from server.observe.metrics import Metrics
from server.observe.traces import TraceLog
from server.retention.parts import Retention
from server.store.engine import Database

DESCRIPTION = "Agent memory: Contexts, keys and what is remembered in them."


@dataclass(frozen=True)
class Services:
    """What the routes call."""

    serving: Callable[[], bool]
    contexts: Contexts
    keys: Keys
    authenticator: Authenticator
    audit: AuditLog
    statistics: Statistics
    ledger: TokenLedger
    memory: Memory
    retention: Retention
    metadata: Database
    cipher: Cipher
    metrics: Metrics
    traces: TraceLog
    readiness: Readiness


def create_api(
    services: Services, clock: Clock, ids: Ids, *, version: str, max_json_bytes: int, timeout_seconds: float
) -> ASGIApp:
    """The application, ready to be served."""
    api = FastAPI(
        title="Spectron",
        version=version,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(api)
    guard = Guard(services.serving, services.authenticator, services.keys, services.audit, services.metrics)
    answers = Answers(services.cipher, clock, pending=timedelta(seconds=timeout_seconds + 5))
    idempotency = Idempotency(answers)

    management = management_router(guard, idempotency, services.metadata, tag="management")
    contexts.add_routes(management, services.contexts, services.statistics, services.ledger, clock)
    keys.add_routes(management, services.contexts, services.keys, clock)
    audit.add_routes(management, services.contexts, services.audit)
    retention.add_routes(management, services.retention)
    lifecycle.add_routes(management, services.retention)

    api.include_router(health_router(clock, services.metrics, services.readiness, version))
    api.include_router(management)

    tenants = Tenants(services.contexts, RateLimiter(clock), services.traces, clock, ids)
    remembered = tenant_router(guard, idempotency, tenants, tag="memory")
    sessions.add_routes(remembered, services.memory, tenants)
    facts.add_routes(remembered, services.memory, tenants)
    lifecycle.add_tenant_routes(remembered, services.retention, tenants)
    api.include_router(remembered)
    return RequestContext(
        api, clock, ids, services.metrics, max_json_bytes=max_json_bytes, timeout_seconds=timeout_seconds
    )
