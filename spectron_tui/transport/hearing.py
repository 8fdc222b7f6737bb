"""Whether the server answers at all, be it with a refusal."""

from collections.abc import Callable

import httpx


class HearingTransport(httpx.AsyncBaseTransport):
    """Tells after each request whether there was an answer."""

    def __init__(self, transport: httpx.AsyncBaseTransport, heard: Callable[[bool], None]) -> None:
        self._transport = transport
        self._heard = heard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError:
            self._heard(False)
            raise
        self._heard(True)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()
