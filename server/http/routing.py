"""Routes that admit a caller first, then check the content type, then remember answers for repeated requests."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer

from server.core.errors import ForbiddenError, RateLimitedError, UnauthorizedError, UnsupportedMediaTypeError
from server.http.guard import Guard
from server.http.idempotency import Idempotency

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

SECURITY = [
    Depends(APIKeyHeader(name="API-KEY", auto_error=False, description="`API-KEY: <key>`")),
    Depends(HTTPBearer(auto_error=False, description="The same key as a Bearer token")),
]


def guarded_router(guard: Guard, idempotency: Idempotency, *, tag: str) -> APIRouter:
    """A router under /api/v1 whose every route needs a key."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                try:
                    await guard.admit(request)
                    _require_json(request)
                    return await idempotency.once(request, handle)
                except (ForbiddenError, UnauthorizedError, RateLimitedError) as error:
                    guard.refused(request, error)
                    raise

            return guarded

    return APIRouter(prefix="/api/v1", route_class=Guarded, dependencies=SECURITY, tags=[tag])


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
