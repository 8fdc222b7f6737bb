# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""An answer that is read as it comes."""

from collections.abc import Iterator

import httpx

from spectron import problems


class Answer:
    """Status, headers and body of a success; the body is never held in memory as a whole."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers

    def pieces(self) -> Iterator[bytes]:
        """The body's bytes."""
        try:
            for piece in self._response.iter_bytes():
                yield piece
        except httpx.TransportError as error:
            raise problems.unreachable(self._response.request, error) from error

    def lines(self) -> Iterator[str]:
        """The body's lines, without their ends."""
        try:
            for line in self._response.iter_lines():
                yield line
        except httpx.TransportError as error:
            raise problems.unreachable(self._response.request, error) from error
