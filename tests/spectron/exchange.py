"""A transport that answers from a script and remembers what it was asked."""

import json
from typing import Any

import httpx


def answer(status: int = 200, document: Any = None, **headers: str) -> httpx.Response:
    """A JSON answer, or an empty one; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        httpx.Response(status, headers=named, json=document)
        if document is not None
        else httpx.Response(status, headers=named)
    )


def problem(status: int, slug: str, detail: str = "What was wrong.", **headers: str) -> httpx.Response:
    """A problem document."""
    document = {
        "type": f"https://spectron.dev/errors/{slug}",
        "title": slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "instance": "/api/v1/contexts",
        "request_id": "req1",
    }
    return answer(status, document, content_type="application/problem+json", **headers)


def lines(status: int, text: str) -> httpx.Response:
    """An answer that is read line by line."""
    return httpx.Response(status, content=text.encode())


class Exchange:
    """Gives each request the next answer of the script; a request too many fails the test."""

    def __init__(self, *script: httpx.Response | Exception) -> None:
        self._script = list(script)
        self.requests: list[httpx.Request] = []

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    @property
    def lines(self) -> list[str]:
        """Method and path of each request."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]

    def body(self, index: int = -1) -> Any:
        content = self.requests[index].content
        return json.loads(content) if content else None

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        if not self._script:
            raise AssertionError(f"unexpected {request.method} {request.url}")
        following = self._script.pop(0)
        if isinstance(following, Exception):
            raise following
        return following
