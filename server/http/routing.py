"""Routes that admit a caller first, then read what it sends strictly, then remember answers for repeated requests."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from server.core.errors import ForbiddenError, RateLimitedError, UnauthorizedError, ValidationError
from server.core.naming import suggestion
from server.http.description.api import operation_id
from server.http.guard import Guard
from server.http.idempotency import Idempotency
from server.http.strict_json import StrictRequest
from server.http.tenant import Tenants
from server.store.engine import Database

TRACE_HEADER = "X-Trace-Id"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Handling = Callable[[StrictRequest, Handler], Awaitable[Response]]


def management_router(
    guard: Guard, idempotency: Idempotency, metadata: Database, *, tag: str, uploads: bool = False
) -> APIRouter:
    """A router under /api/v1 for the control plane; with `uploads` bodies are streamed, and no JSON.

    It takes no query parameter that it does not know: a mistyped `dry_run` must not delete anything.
    """

    async def handling(request: StrictRequest, handle: Handler) -> Response:
        if uploads:
            return await handle(request)
        await request.require_json()
        return await idempotency.once(request, metadata, handle)

    return _guarded(guard, handling, prefix="/api/v1", tag=tag, known_queries_only=True)


def tenant_router(
    guard: Guard, idempotency: Idempotency, tenants: Tenants, *, tag: str, uploads: bool = False
) -> APIRouter:
    """A router under /api/v1/{context_id}; with `uploads` bodies are streamed, and neither JSON nor remembered."""

    async def handling(request: StrictRequest, handle: Handler) -> Response:
        async with tenants.entered(request) as tenant:

            async def traced(request: Request) -> Response:
                response = await handle(request)
                response.headers.setdefault(TRACE_HEADER, tenant.trace_id)
                return response

            if uploads:
                return await traced(request)
            await request.require_json()
            return await idempotency.once(request, tenant.database, traced)

    return _guarded(guard, handling, prefix="/api/v1/{context_id}", tag=tag)


def _guarded(guard: Guard, handling: Handling, *, prefix: str, tag: str, known_queries_only: bool = False) -> APIRouter:
    class Guarded(APIRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()
            known = {field.alias for field in self.dependant.query_params}

            async def guarded(request: Request) -> Response:
                request = StrictRequest(request.scope, request.receive)
                try:
                    await guard.admit(request)
                    if known_queries_only:
                        _require_known(request, known)
                    return await handling(request, handle)
                except (ForbiddenError, UnauthorizedError, RateLimitedError) as error:
                    guard.refused(request, error)
                    raise

            return guarded

    return APIRouter(prefix=prefix, route_class=Guarded, tags=[tag], generate_unique_id_function=operation_id)


def _require_known(request: Request, known: set[str]) -> None:
    for name in request.query_params:
        if name not in known:
            meant = suggestion(name, known) if known else "this call takes none."
            raise ValidationError(f"{name[:80]!r} is not a known query parameter; {meant}")
