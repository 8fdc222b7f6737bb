"""The HTTP application, put together from its routers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter

from server.control.answers import Answers
from server.control.parts import Control
from server.core.clock import Clock
from server.core.ids import Ids
from server.core.limits import RateLimiter
from server.documents.parts import DocumentCare, Library
from server.http import (
    accesses,
    audit,
    chat,
    contexts,
    documents,
    dumps,
    entities,
    events,
    facts,
    forget,
    fsck,
    insight,
    inspection,
    jobs,
    keys,
    keywords,
    lifecycle,
    principals,
    problems,
    query,
    reflect,
    retention,
    scopes,
    sessions,
    state,
    tenant_keys,
    traces,
)
from server.http.description.api import DescribedApi
from server.http.directory import Directory
from server.http.guard import Guard
from server.http.health import Readiness, health_router
from server.http.idempotency import Idempotency
from server.http.routing import management_router, tenant_router
from server.http.tenant import Tenants
from server.index.checking import IndexCheck
from server.jobs.register import Jobs
from server.memory.parts import Memory
from server.observe.events import EventBus
from server.observe.metrics import Metrics
from server.observe.traces import TraceLog
from server.recall.parts import Recalling
from server.retention.parts import Retention

DESCRIPTION = "Agent memory: Contexts, keys and what is remembered in them."


@dataclass(frozen=True)
class Services:
    """What the routes call."""

    serving: Callable[[], bool]
    control: Control
    documents: Library
    care: DocumentCare
    index_check: IndexCheck
    memory: Memory
    recalling: Recalling
    retention: Retention
    jobs: Jobs
    events: EventBus
    metrics: Metrics
    traces: TraceLog
    readiness: Readiness
    look: Callable[[], Awaitable[None]]
    alone: bool


def create_api(services: Services, clock: Clock, ids: Ids, *, version: str, timeout_seconds: float) -> DescribedApi:
    """All routes, on what they call."""
    api = DescribedApi(
        title="Spectron",
        version=version,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        redoc_url=None,
        redirect_slashes=False,
    )
    control = services.control
    problems.install(api)
    guard = Guard(services.serving, control.authenticator, control.keys, control.audit, services.metrics)
    pending = timedelta(seconds=timeout_seconds + 5)
    answers = Answers(control.cipher, clock, ids, pending=pending, alone=services.alone)
    idempotency = Idempotency(answers)

    tenants = Tenants(control.contexts, RateLimiter(clock), services.traces, clock, ids)
    management = management_router(guard, idempotency, control.metadata, tag="management")
    contexts.add_routes(
        management, control.contexts, control.statistics, services.recalling.index, control.ledger, clock
    )
    dumps.add_copy_routes(management, control.copies, clock)
    keys.add_routes(management, control.contexts, control.keys, clock)
    audit.add_routes(management, control.contexts, control.audit)
    forget.add_management_routes(management, services.memory, control.contexts, tenants)
    retention.add_routes(management, services.retention)
    lifecycle.add_routes(management, services.retention, services.recalling.reindexing)
    jobs.add_routes(management, services.jobs)
    events.add_routes(management, guard, control.contexts, services.events)

    api.add(health_router(clock, services.metrics, services.readiness, services.look, version))
    api.add(management)
    streamed = management_router(guard, idempotency, control.metadata, tag="dumps", uploads=True)
    dumps.add_routes(streamed, control.dumps, control.restores, clock)
    dumps.add_control_routes(streamed, control.own_dumps, clock)
    api.add(streamed)

    remembered = tenant_router(guard, idempotency, tenants, tag="memory")
    sessions.add_routes(remembered, services.memory, tenants)
    facts.add_routes(remembered, services.memory, tenants)
    state.add_routes(remembered, tenants, clock)
    inspection.add_routes(remembered, tenants, services.traces, clock)
    entities.add_routes(remembered, tenants, clock)
    insight.add_routes(remembered, services.memory, tenants)
    forget.add_routes(remembered, services.memory, tenants)
    scopes.add_routes(remembered, services.memory, tenants)
    directory = Directory(control.keys)
    principals.add_routes(remembered, control.keys, directory, clock)
    tenant_keys.add_routes(remembered, control.keys, directory, clock, ids)
    accesses.add_routes(remembered, services.traces)
    lifecycle.add_tenant_routes(remembered, services.retention, tenants)
    examination = fsck.Examination(services.care, services.index_check)
    fsck.add_routes(remembered, examination, services.memory.linking, tenants)
    _add_recall(remembered, services, tenants, clock)
    api.add(remembered)
    uploaded = tenant_router(guard, idempotency, tenants, tag="documents", uploads=True)
    documents.add_upload_route(uploaded, services.documents, tenants)
    kept = tenant_router(guard, idempotency, tenants, tag="documents")
    keywords.add_routes(kept, services.documents, clock)
    documents.add_routes(kept, services.documents, tenants)
    api.add(uploaded)
    api.add(kept)
    return api


def _add_recall(router: APIRouter, services: Services, tenants: Tenants, clock: Clock) -> None:
    recalling = services.recalling
    query.add_routes(router, recalling, tenants, clock)
    chat.add_routes(router, services.memory, recalling.chat, tenants, clock)
    reflect.add_routes(router, services.memory, recalling.reflection, tenants)
    traces.add_routes(router, services.traces, clock)
