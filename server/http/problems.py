"""Errors as RFC 9457 problem documents."""

import math
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from server.core.errors import RangeError, RateLimitedError, SpectronError, TransactionConflictError, UnavailableError

TYPE_PREFIX = "https://spectron.dev/errors/"
MEDIA_TYPE = "application/problem+json"
INTERNAL = "Something went wrong inside the server; its log has the details under this request id."

STATUS = {
    "validation-error": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not-found": 404,
    "context-not-found": 404,
    "method-not-allowed": 405,
    "conflict": 409,
    "payload-too-large": 413,
    "unsupported-media-type": 415,
    "range-not-satisfiable": 416,
    "unprocessable": 422,
    "rate-limited": 429,
    "internal-error": 500,
    "unavailable": 503,
}
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
SLUGS = {400: "validation-error", 404: "not-found", 405: "method-not-allowed"}

log = structlog.get_logger(__name__)


def problem(request: Request, slug: str, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """One problem document as an answer."""
    body = document(request, slug, title, detail)
    return JSONResponse(body, body["status"], headers, MEDIA_TYPE)


def document(request: Request, slug: str, title: str, detail: str) -> dict[str, Any]:
    """One problem document."""
    return {
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": STATUS.get(slug, 500),
        "detail": detail,
        "instance": request.scope["path"],
        "request_id": getattr(request.state, "request_id", None),
    }


def install(api: FastAPI) -> None:
    """Answer every error of the API with a problem document."""
    api.add_exception_handler(SpectronError, _known)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _unknown)


async def _known(request: Request, error: Exception) -> Response:
    if not isinstance(error, SpectronError) or error.slug not in STATUS or error.slug == "internal-error":
        return await _unknown(request, error)
    headers = {}
    if isinstance(error, RateLimitedError | UnavailableError | TransactionConflictError):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if error.slug == "unauthorized":
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RangeError):
        headers["Content-Range"] = f"bytes */{error.size}"
    if error.slug == "payload-too-large":
        headers["Connection"] = "close"
    return problem(request, error.slug, error.title, error.detail, headers)


async def _invalid(request: Request, error: Exception) -> Response:
    detail = "The request is not valid."
    if isinstance(error, RequestValidationError) and error.errors():
        detail = _described(error.errors()[0])
    return problem(request, "validation-error", "The request is not valid", detail)


def _described(first: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in first["loc"] if part != "body")[:120] or "the body"
    match first["type"]:
        case "missing":
            return f"{where} is missing." if where != "the body" else "A JSON body is needed."
        case "extra_forbidden":
            return f"{where} is not a known field; /api/openapi.json says which there are."
        case _:
            return f"{where}: {first['msg']}."


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    path, method = request.scope["path"][:200], request.method[:20]
    match SLUGS.get(status):
        case "not-found" as slug:
            return problem(request, slug, "Not found", f"There is no {path!r}; /api/openapi.json lists all paths.")
        case "method-not-allowed" as slug:
            allowed = ", ".join(_methods(request))
            detail = f"{path!r} does not take {method}; it takes {allowed}."
            return problem(request, slug, "Method not allowed", detail, {"Allow": allowed})
        case "validation-error" as slug:
            return problem(request, slug, "The request is not valid", "The body cannot be read.")
        case _:
            return await _unknown(request, error)


def _methods(request: Request) -> list[str]:
    """What can be done with a path, over all routes that share it."""
    return [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


async def _unknown(request: Request, error: Exception) -> Response:
    log.error("request.failed", path=request.scope["path"], method=request.method, exc_info=error)
    return problem(request, "internal-error", "Internal error", INTERNAL)
