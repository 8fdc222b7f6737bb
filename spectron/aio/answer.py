"""An answer that is read as it comes."""

from collections.abc import AsyncIterator

import httpx

from spectron import problems


class AsyncAnswer:
    """Status, headers and body of a success; the body is never held in memory as a whole."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body's bytes."""
        try:
            async for piece in self._response.aiter_bytes():
                yield piece
        except httpx.TransportError as error:
            raise problems.unreachable(self._response.request, error) from error

    async def lines(self) -> AsyncIterator[str]:
        """The body's lines, without their ends."""
        try:
            async for line in self._response.aiter_lines():
                yield line
        except httpx.TransportError as error:
            raise problems.unreachable(self._response.request, error) from error
