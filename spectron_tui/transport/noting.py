"""Which requests changed something, by the ids under which the server has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

from spectron_tui.transport.gate import reads

REQUEST_ID = "x-request-id"
_noted: ContextVar[list[str] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[list[str]]:
    """The ids of the changing requests that are sent within the block, by whatever is awaited in it."""
    noted: list[str] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


class NotingTransport(httpx.AsyncBaseTransport):
    """Passes everything on."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        noted, known_as = _noted.get(), response.headers.get(REQUEST_ID)
        if noted is not None and known_as is not None and not reads(request):
            noted.append(known_as)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()
