"""Failed exchanges as errors of the tree."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from spectron.errors import (
    APIError,
    ConflictError,
    ContextNotFoundError,
    ForbiddenError,
    NotFoundError,
    PayloadTooLargeError,
    RateLimitedError,
    ServerError,
    TransportError,
    UnauthorizedError,
    UnavailableError,
    UnprocessableError,
    UnsupportedMediaTypeError,
    ValidationError,
)

BY_SLUG: dict[str, type[APIError]] = {
    "validation-error": ValidationError,
    "unauthorized": UnauthorizedError,
    "forbidden": ForbiddenError,
    "not-found": NotFoundError,
    "context-not-found": ContextNotFoundError,
    "conflict": ConflictError,
    "payload-too-large": PayloadTooLargeError,
    "unsupported-media-type": UnsupportedMediaTypeError,
    "unprocessable": UnprocessableError,
    "rate-limited": RateLimitedError,
    "unavailable": UnavailableError,
}

# For answers that are not a problem document, such as a proxy's own pages.
SLUG_BY_STATUS = {
    400: "validation-error",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    413: "payload-too-large",
    415: "unsupported-media-type",
    422: "unprocessable",
    429: "rate-limited",
    503: "unavailable",
}

EXCERPT = 200


def refusal(response: httpx.Response) -> APIError:
    """The error a response that is not a success stands for."""
    problem = _problem(response)
    status = response.status_code
    return _refusal(
        problem,
        status=status,
        title=f"HTTP {status} {response.reason_phrase}".strip(),
        detail="" if problem.get("detail") else _excerpt(response),
        request_id=response.headers.get("x-request-id"),
        retry_after=_seconds(response.headers.get("retry-after")),
    )


def told(problem: Mapping[str, Any]) -> APIError:
    """The error that a problem document in the middle of an answer stands for."""
    status = problem.get("status")
    known = status if isinstance(status, int) else HTTPStatus.INTERNAL_SERVER_ERROR
    return _refusal(problem, status=known, title="The server broke off", detail="It did not say why; see its log.")


def _refusal(
    problem: Mapping[str, Any],
    *,
    status: int,
    title: str,
    detail: str,
    request_id: str | None = None,
    retry_after: float | None = None,
) -> APIError:
    slug = str(problem.get("type", "")).rpartition("/")[2]
    if slug not in BY_SLUG:
        slug = SLUG_BY_STATUS.get(status, slug or "unknown")
    fallback = ServerError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else APIError
    return BY_SLUG.get(slug, fallback)(
        status=status,
        slug=slug,
        title=str(problem.get("title") or title),
        detail=str(problem.get("detail") or detail),
        instance=problem.get("instance"),
        request_id=problem.get("request_id") or request_id,
        retry_after=retry_after,
        problem=problem,
    )


def unreachable(request: httpx.Request, error: httpx.TransportError) -> TransportError:
    """The error for a request that got no answer."""
    url = str(request.url)
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        what = f"Cannot connect to {url}: {str(error) or 'the connection timed out'}."
        next_step = (
            "Start the server there (`spectrond dev start`), or name the right one with its URL or SPECTRON_URL."
        )
    elif isinstance(error, httpx.TimeoutException):
        what = f"No answer from {url} in time."
        next_step = "It may still be at work: look at its log, or allow it longer with `timeout`."
    else:
        what = f"The exchange with {url} broke off: {str(error) or type(error).__name__}."
        next_step = "Look at the server's log, then try again."
    failure = TransportError(f"{what} {next_step}", url=url)
    failure.__cause__ = error
    return failure


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _excerpt(response: httpx.Response) -> str:
    text = " ".join(response.text[: 4 * EXCERPT].split())[:EXCERPT]
    said = f"said {text!r}" if text else "said nothing more"
    return f"{response.request.method} {response.request.url} {said}; is this the address of a Spectron server?"


def _seconds(header: str | None) -> float | None:
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
