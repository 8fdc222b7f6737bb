"""Every answer that a test gets is held against what the OpenAPI document says of it."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, get_args

import httpx
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import is_typeddict

from server.description import openapi_document
from server.http.answers.routes import ANSWERS

JSON = "application/json"


class Documented:
    """The operations of a document, by method and path."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.schemas: dict[str, Any] = document["components"]["schemas"]
        found = [
            (path.count("{"), verb.upper(), re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), operation)
            for path, operations in document["paths"].items()
            for verb, operation in operations.items()
        ]
        self._operations = sorted(found, key=lambda one: one[0])

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation that answers; the path with fewest places to fill in is the one meant."""
        return next(
            (one for _, verb, pattern, one in self._operations if verb == method and pattern.fullmatch(path)), None
        )

    def operations(self) -> Iterator[dict[str, Any]]:
        """All operations."""
        return (operation for *_, operation in self._operations)

    async def check(self, response: httpx.Response) -> None:
        """The status is one that is announced, and so is everything in a JSON answer."""
        request = response.request
        operation = self.operation(request.method, request.url.raw_path.decode().partition("?")[0])
        if operation is None:
            return
        status = "200" if response.status_code == httpx.codes.PARTIAL_CONTENT else str(response.status_code)
        name = operation["operationId"]
        assert status in operation["responses"], f"{name} answers {status}, which is not announced"
        if response.is_success and response.headers.get("content-type") == JSON:
            await response.aread()
            shape(name).validate_json(response.content)


@cache
def documented() -> Documented:
    """The document of this version, made once for all tests of a process."""
    with ThreadPoolExecutor(1) as thread:
        return Documented(thread.submit(asyncio.run, openapi_document()).result())


@cache
def shape(name: str) -> TypeAdapter[Any]:
    """What an operation answers, and nothing besides."""
    kind = ANSWERS[name]
    for one in _typed_dicts(kind):
        one.__pydantic_config__ = ConfigDict(extra="forbid")
    return TypeAdapter(kind)


def _typed_dicts(kind: Any) -> Iterator[Any]:
    if is_typeddict(kind):
        yield kind
    parts = kind.__annotations__.values() if is_typeddict(kind) else get_args(kind)
    for part in parts:
        yield from _typed_dicts(part)
