"""What happens to every request: an id, limits on size and time, a log line, metrics."""

import asyncio
import re
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.core.clock import Clock
from server.core.errors import PayloadTooLargeError
from server.core.ids import Ids
from server.http.media import DUMP as DUMP_MEDIA_TYPE
from server.http.problems import problem
from server.observe.metrics import Metrics

REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
STREAMED = ("multipart/", DUMP_MEDIA_TYPE)
QUIET_PATHS = frozenset({"/api/v1/health", "/api/v1/ready", "/metrics"})

log = structlog.get_logger(__name__)


class RequestContext:
    """Gives each request its id, bounds it, and records how it went."""

    def __init__(
        self, app: ASGIApp, clock: Clock, ids: Ids, metrics: Metrics, *, max_json_bytes: int, timeout_seconds: float
    ) -> None:
        self._app = app
        self._clock = clock
        self._ids = ids
        self._metrics = metrics
        self._max_json_bytes = max_json_bytes
        self._timeout_seconds = timeout_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] not in QUIET_PATHS:
            self._metrics.traffic.arrived += 1
        request = Request(scope)
        given = request.headers.get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else self._ids.id()
        request.state.request_id = request_id
        exchange = _Exchange(send, request_id)
        started = self._clock.monotonic()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._bounded(scope, _limited(receive, request, self._max_json_bytes), exchange)
            finally:
                self._record(scope, exchange.status, self._clock.monotonic() - started)

    async def _bounded(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        try:
            async with asyncio.timeout(self._timeout_seconds) as timeout:
                exchange.on_start = lambda: timeout.reschedule(None)
                # For a route whose work grows with everything there is.
                Request(scope).state.take_time = exchange.on_start
                await self._app(scope, self._patient(receive, timeout, exchange), exchange)
        except TimeoutError:
            if exchange.status:
                raise
            exchange.on_start = _nothing
            detail = f"The request took longer than {self._timeout_seconds:g} s and was given up; try again."
            answer = problem(Request(scope), "unavailable", "Temporarily unavailable", detail, {"Retry-After": "5"})
            await answer(scope, receive, exchange)
        except Exception:
            # An error that was answered was logged with its trace; what is left is one without an answer.
            if not exchange.status:
                raise

    def _patient(self, receive: Receive, timeout: asyncio.Timeout, exchange: "_Exchange") -> Receive:
        """Let a slow body take its time: the request's begins anew with every part of it that comes in."""

        async def received() -> MutableMapping[str, Any]:
            message = await receive()
            bounded = timeout.when() is not None and not timeout.expired()
            if message.get("body") and not exchange.status and bounded:
                timeout.reschedule(asyncio.get_running_loop().time() + self._timeout_seconds)
            return message

        return received

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in METHODS and route != "unknown" else "ANY"
        self._metrics.requests.labels(route, method, str(status)).inc()
        self._metrics.latency.labels(route, method).observe(seconds)
        level = log.debug if scope["path"] in QUIET_PATHS else log.info
        path = quote(scope["path"], errors="replace")
        level("request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 2))


class _Exchange:
    """Passes the answer on, keeping its status and adding the request id."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id.encode()
        self.status = 0
        self.on_start: Callable[[], None] = _nothing

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", []), (b"x-request-id", self._request_id)]
            self.on_start()
        await self._send(message)


def _nothing() -> None:
    """Stands in until a time-out waits for the answer to begin."""


def _limited(receive: Receive, request: Request, max_json_bytes: int) -> Receive:
    """Count the body as it comes in; uploads are bounded by their own route, if they are."""
    if request.headers.get("content-type", "").startswith(STREAMED):
        return receive
    taken = 0
    announced = request.headers.get("content-length", "")
    too_large = PayloadTooLargeError(f"A JSON body may be {max_json_bytes} bytes at most; send less at once.")

    async def counted() -> MutableMapping[str, Any]:
        nonlocal taken
        if announced.isdigit() and int(announced) > max_json_bytes:
            raise too_large
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > max_json_bytes:
            raise too_large
        return message

    return counted
