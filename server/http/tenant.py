"""The data plane's view of a request: an open Context, who asks, and what they may see."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from server.control.audit import Origin
from server.control.authority import Authority
from server.control.contexts import Contexts, Open
from server.core import scope
from server.core.clock import Clock
from server.core.errors import ForbiddenError, RateLimitedError
from server.core.ids import Ids
from server.core.limits import RateLimiter
from server.core.visibility import View, Visibility, visible, writable
from server.http.guard import origin
from server.observe.traces import Trace, TraceLog
from server.store.engine import Database


@dataclass(frozen=True)
class Tenant:
    """One request to one Context; what it makes gets its ids from `ids`, which repeat when the request is repeated."""

    open: Open
    authority: Authority
    origin: Origin
    trace_id: str
    started_at: datetime
    started: float
    ids: Ids

    @property
    def context_id(self) -> str:
        return self.open.context.id

    @property
    def database(self) -> Database:
        return self.open.database

    def sees(self, requested: object = None, view: View = "strict") -> Visibility:
        """What the caller may read, given the scope it asks for in any notation."""
        clauses: Sequence[scope.Scope] = () if requested is None else scope.parse_clauses(requested)
        return visible(self.authority.floor, clauses, view)

    def writes(self, requested: object = None) -> scope.Scope:
        """The scope that a new record gets."""
        clauses: Sequence[scope.Scope] = () if requested is None else scope.parse_clauses(requested)
        return writable(self.authority.floor, clauses, may_write_general=self.authority.principal == "management")

    def require_writable(self, of: scope.Scope) -> None:
        """Refuse to change what the caller may see but has no say over: what is more general than its floor."""
        if not self.authority.floor <= of:
            raise ForbiddenError("This record is more general than this key's floor; a wider key must change it.")


class Tenants:
    """Opens a Context for the time of a request, inside its limits."""

    def __init__(self, contexts: Contexts, limiter: RateLimiter, traces: TraceLog, clock: Clock, ids: Ids) -> None:
        self._contexts = contexts
        self._limiter = limiter
        self._traces = traces
        self._clock = clock
        self._ids = ids

    @asynccontextmanager
    async def entered(self, request: Request) -> AsyncIterator[Tenant]:
        """Check that the caller belongs here and is within the rate limit, and open the Context."""
        authority: Authority = request.state.authority
        context_id = request.path_params["context_id"]
        authority.require_context(context_id)
        async with self._contexts.opened(context_id) as opened:
            authority.require_minted_since(opened.context.created_at)
            self._limit(opened)
            await self._traces.make_room()
            tenant = request.state.tenant = self.of(opened, request)
            yield tenant

    @asynccontextmanager
    async def kept_open(self, tenant: Tenant) -> AsyncIterator[None]:
        """Hold the Context for what goes on behind the request's answer."""
        async with self._contexts.opened(tenant.context_id):
            yield

    def of(self, opened: Open, request: Request) -> Tenant:
        """An admitted request to an open Context, for the administration of what is in it as well."""
        authority: Authority = request.state.authority
        now, monotonic = self._clock.now(), self._clock.monotonic()
        return Tenant(opened, authority, origin(request), self._ids.id(), now, monotonic, self._ids)

    def trace(self, tenant: Tenant, kind: str, query: str, of: scope.Scope, **more: Any) -> None:
        """Record what the request did; its duration runs from its beginning, its cost is that of all models."""
        meter = tenant.open.meter
        more = {"token_cost": meter.tokens, "model": meter.model} | more
        self._traces.record(
            tenant.database,
            Trace(
                id=tenant.trace_id,
                kind=kind,
                query=query,
                scope=of,
                created_at=tenant.started_at,
                duration_ms=round((self._clock.monotonic() - tenant.started) * 1000, 3),
                api_key_id=tenant.authority.key_id,
                principal=tenant.authority.principal,
                request_id=tenant.origin.request_id,
                context_id=tenant.context_id,
                **more,
            ),
        )

    def _limit(self, opened: Open) -> None:
        allowed = opened.config.rate_limit.requests_per_minute
        wait = self._limiter.take(opened.context.id, allowed) if allowed else 0.0
        if wait:
            raise RateLimitedError(
                f"The Context {opened.context.id!r} is limited to {allowed} requests a minute; slow down, or raise "
                "rate_limit.requests_per_minute.",
                retry_after=wait,
            )


# A coroutine is awaited in place; a plain function would be sent through a thread.
async def _tenant(request: Request) -> Tenant:
    tenant: Tenant = request.state.tenant
    ids: Ids | None = getattr(request.state, "ids", None)
    return replace(tenant, ids=ids) if ids else tenant


Here = Annotated[Tenant, Depends(_tenant)]
