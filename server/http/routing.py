"""Routes that admit a caller first, then check the content type, then remember answers for repeated requests."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer

from server.core.errors import ForbiddenError, RateLimitedError, UnauthorizedError, UnsupportedMediaTypeError
from server.http.guard import Guard
from server.http.idempotency import Idempotency
from server.http.tenant import Tenants
from server.store.engine import Database

TRACE_HEADER = "X-Trace-Id"
SECURITY = [
    Depends(APIKeyHeader(name="API-KEY", auto_error=False, description="`API-KEY: <key>`")),
    Depends(HTTPBearer(auto_error=False, description="The same key as a Bearer token")),
]

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Handling = Callable[[Request, Handler], Awaitable[Response]]


def management_router(guard: Guard, idempotency: Idempotency, metadata: Database, *, tag: str) -> APIRouter:
    """A router under /api/v1 for the control plane."""

    async def handling(request: Request, handle: Handler) -> Response:
        _require_json(request)
        return await idempotency.once(request, metadata, handle)

    return _guarded(guard, handling, prefix="/api/v1", tag=tag)


def tenant_router(
    guard: Guard, idempotency: Idempotency, tenants: Tenants, *, tag: str, uploads: bool = False
) -> APIRouter:
    """A router under /api/v1/{context_id}; with `uploads` bodies are streamed, and neither JSON nor remembered."""

    async def handling(request: Request, handle: Handler) -> Response:
        async with tenants.entered(request) as tenant:
            if uploads:
                response = await handle(request)
            else:
                _require_json(request)
                response = await idempotency.once(request, tenant.database, handle)
            response.headers.setdefault(TRACE_HEADER, tenant.trace_id)
            return response

    return _guarded(guard, handling, prefix="/api/v1/{context_id}", tag=tag)


def _guarded(guard: Guard, handling: Handling, *, prefix: str, tag: str) -> APIRouter:
    class Guarded(APIRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                try:
                    await guard.admit(request)
                    return await handling(request, handle)
                except (ForbiddenError, UnauthorizedError, RateLimitedError) as error:
                    guard.refused(request, error)
                    raise

            return guarded

    return APIRouter(prefix=prefix, route_class=Guarded, dependencies=SECURITY, tags=[tag])


def _require_json(request: Request) -> None:
    length = request.headers.get("content-length", "0")
    if length == "0" and "transfer-encoding" not in request.headers:
        return
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaTypeError(
            f"{media_type[:80] or 'A body without a content type'} cannot be read here; "
            "send `Content-Type: application/json`."
        )
