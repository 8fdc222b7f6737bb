"""Requests to one server, repeated where that is safe."""

import uuid
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Literal

import httpx

from spectron import endpoint, problems
from spectron.aio.answer import AsyncAnswer
from spectron.backoff import Backoff
from spectron.errors import ResponseError, SpectronError
from spectron.sources import Source

REPEATABLE = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
# The server says with these that it did nothing; what a proxy says may come after the deed.
UNTOUCHED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
# All of a large file is safe somewhere before its upload is answered.
STORING_SECONDS = 120.0
UNSENT = httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout

Repeat = Literal["always", "refused", "unsent"]
"""When a request may be sent again: always, if it was not carried out, or only if nothing of it was sent."""


class AsyncConnection:
    """Sends requests and reads their answers.

    Most requests may be repeated: reads by their nature, writes because all attempts at one carry the same
    `Idempotency-Key`, under which the server carries it out once.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        backoff: Backoff,
        sleep: Callable[[float], Awaitable[None]],
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._http = http
        self.backoff = backoff
        self.sleep = sleep
        self._new_key = new_key

    async def get(
        self,
        path: str,
        params: endpoint.Params | None = None,
        *,
        expected: frozenset[int] = frozenset(),
        patience: float | None = None,
    ) -> Any:
        """The JSON answer; a status in `expected` is an answer too, not a failure."""
        request = self._request("GET", path, params=params, patience=patience)
        return _document(await self._send(request, expected=expected))

    async def ask(self, path: str, body: Any) -> Any:
        """A question that needs a body; it changes nothing, so the server keeps no answer for its repetition."""
        return _document(await self._send(self._request("POST", path, content=endpoint.body(body))))

    async def post(
        self, path: str, body: Any = None, params: endpoint.Params | None = None, *, patience: float | None = None
    ) -> Any:
        return await self._write("POST", path, body=body, params=params, patience=patience)

    async def put(self, path: str, body: Any = None) -> Any:
        return await self._write("PUT", path, body=body)

    async def patch(self, path: str, body: Any) -> Any:
        return await self._write("PATCH", path, body=body)

    async def delete(self, path: str, params: endpoint.Params | None = None) -> Any:
        return await self._write("DELETE", path, params=params)

    async def upload(self, path: str, fields: Mapping[str, str], source: Source) -> Any:
        """A file as part of a form, read while it is sent."""
        request = self._http.build_request(
            "POST",
            path,
            data=dict(fields),
            files={"file": source.part()},
            timeout=self._waiting(STORING_SECONDS),
        )
        return _document(await self._send(request, repeat="always" if source.repeatable else "unsent"))

    async def load(
        self,
        path: str,
        content: AsyncIterable[bytes],
        *,
        patience: float,
        kind: str = "application/surrealql",
        params: endpoint.Params | None = None,
    ) -> Any:
        """What is sent as it comes and only once, such as a dump."""
        request = self._http.build_request(
            "POST",
            path,
            params=endpoint.query(params or {}),
            content=content,
            headers={"content-type": kind},
            timeout=self._waiting(patience),
        )
        return _document(await self._send(request, repeat="unsent"))

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        *,
        params: endpoint.Params | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        patience: float | None = None,
        repeat: Repeat = "always",
    ) -> AsyncIterator[AsyncAnswer]:
        """An answer whose body is read as it comes; `patience` is how many seconds the next piece of it may take."""
        content = None if body is None else endpoint.body(body)
        request = self._request(method, path, params=params, content=content, headers=headers, patience=patience)
        response = await self._send(request, stream=True, repeat=repeat)
        try:
            yield AsyncAnswer(response)
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _write(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: endpoint.Params | None = None,
        patience: float | None = None,
    ) -> Any:
        content = None if body is None else endpoint.body(body)
        key = {"idempotency-key": self._new_key()}
        return _document(
            await self._send(
                self._request(method, path, params=params, content=content, headers=key, patience=patience)
            )
        )

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: endpoint.Params | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float | None = None,
    ) -> httpx.Request:
        kind = {} if content is None else {"content-type": "application/json"}
        return self._http.build_request(
            method,
            path,
            params=endpoint.query(params or {}),
            headers={**kind, **(headers or {})},
            content=content,
            timeout=self._waiting(patience),
        )

    def _waiting(self, seconds: float | None) -> httpx.Timeout:
        """The client's own timeouts, with more patience for the answer where it is known to take longer."""
        own = self._http.timeout
        if seconds is None or own.read is None:
            return own
        return httpx.Timeout(connect=own.connect, read=max(own.read, seconds), write=own.write, pool=own.pool)

    async def _send(
        self,
        request: httpx.Request,
        *,
        expected: frozenset[int] = frozenset(),
        stream: bool = False,
        repeat: Repeat = "always",
    ) -> httpx.Response:
        attempt = 0
        while True:
            failure: SpectronError
            try:
                response = await self._http.send(request, stream=stream)
                if response.is_success or response.status_code in expected:
                    return response
                await response.aread()
            except httpx.TransportError as error:
                failure = problems.unreachable(request, error)
                again = repeat == "always" or isinstance(error, UNSENT)
                delay = self.backoff.delay(attempt) if again else None
            except httpx.DecodingError as error:
                raise ResponseError(f"The answer of {request.url} is damaged: {error}.") from error
            else:
                failure = refusal = problems.refusal(response)
                again = response.status_code in (REPEATABLE if repeat == "always" else UNTOUCHED)
                again = again and repeat != "unsent"
                delay = self.backoff.delay(attempt, refusal.retry_after) if again else None
            if delay is None:
                raise failure
            await self.sleep(delay)
            attempt += 1


def _document(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        asked = f"{response.request.method} {response.request.url}"
        raise ResponseError(f"{asked} did not answer JSON. Is this the address of a Spectron server?") from error
