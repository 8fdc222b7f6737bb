"""Every error the SDK raises on purpose, in one tree."""

from collections.abc import Mapping
from typing import Any


class SpectronError(Exception):
    """The root of the tree; its text says what happened, to what, and what to do."""


class ArgumentError(SpectronError, ValueError):
    """An argument that can't be sent, found before any request was made."""


class TransportError(SpectronError):
    """No answer from the server at `url`."""

    def __init__(self, message: str, *, url: str) -> None:
        super().__init__(message)
        self.url = url


class ResponseError(SpectronError):
    """An answer this client can't read."""


class WaitingError(SpectronError, TimeoutError):
    """What was waited for did not happen in the time allowed; it may still."""


class APIError(SpectronError):
    """The server refused, and said why in a problem document."""

    def __init__(
        self,
        *,
        status: int,
        slug: str,
        title: str,
        detail: str,
        instance: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or title)
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.instance = instance
        self.request_id = request_id
        self.retry_after = retry_after
        self.problem = dict(problem or {})

    def __str__(self) -> str:
        text = f"{self.title}: {self.detail}" if self.detail else self.title
        return f"{text} (request {self.request_id})" if self.request_id else text


class ValidationError(APIError):
    """A request that is malformed or says something that has no meaning."""


class UnauthorizedError(APIError):
    """No key, or one that is malformed, unknown, expired or revoked."""


class ForbiddenError(APIError):
    """A valid key that may not do this."""


class NotFoundError(APIError):
    """What the request addresses is not there."""


class ContextNotFoundError(NotFoundError):
    """No Context of that id, or none that the caller may know of."""


class ConflictError(APIError):
    """The request contradicts what is already there."""


class PayloadTooLargeError(APIError):
    """A body over the limit."""


class UnsupportedMediaTypeError(APIError):
    """A content type the route does not take."""


class UnprocessableError(APIError):
    """Well-formed, but against a rule of the product."""


class RateLimitedError(APIError):
    """Too many requests or tokens; worth trying again after `retry_after` seconds."""


class UnavailableError(APIError):
    """Something the server depends on is away; worth trying again after `retry_after` seconds."""


class ServerError(APIError):
    """The server failed in a way it did not foresee."""
