# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Requests to one server, repeated where that is safe."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx

from spectron import endpoint, problems
from spectron.backoff import Backoff
from spectron.errors import ResponseError, SpectronError

REPEATABLE = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}


class Connection:
    """Sends requests and reads their answers.

    Every request may be repeated: reads by their nature, writes because all attempts at one carry the same
    `Idempotency-Key`, under which the server carries it out once.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        backoff: Backoff,
        sleep: Callable[[float], None],
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._http = http
        self._backoff = backoff
        self._sleep = sleep
        self._new_key = new_key

    def get(
        self,
        path: str,
        params: endpoint.Params | None = None,
        *,
        expected: frozenset[int] = frozenset(),
    ) -> Any:
        """The JSON answer; a status in `expected` is an answer too, not a failure."""
        return self._exchange(self._http.build_request("GET", path, params=endpoint.query(params or {})), expected)

    def post(self, path: str, body: Any = None, params: endpoint.Params | None = None) -> Any:
        return self._write("POST", path, body=body, params=params)

    def put(self, path: str, body: Any) -> Any:
        return self._write("PUT", path, body=body)

    def patch(self, path: str, body: Any) -> Any:
        return self._write("PATCH", path, body=body)

    def delete(self, path: str, params: endpoint.Params | None = None) -> Any:
        return self._write("DELETE", path, params=params)

    def close(self) -> None:
        self._http.close()

    def _write(self, method: str, path: str, *, body: Any = None, params: endpoint.Params | None = None) -> Any:
        headers = {"idempotency-key": self._new_key()}
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = endpoint.body(body)
        request = self._http.build_request(
            method, path, params=endpoint.query(params or {}), headers=headers, content=content
        )
        return self._exchange(request, frozenset())

    def _exchange(self, request: httpx.Request, expected: frozenset[int]) -> Any:
        attempt = 0
        while True:
            failure: SpectronError
            try:
                response = self._http.send(request)
            except httpx.TransportError as error:
                failure, delay = problems.unreachable(request, error), self._backoff.delay(attempt)
            except httpx.DecodingError as error:
                raise ResponseError(f"The answer of {request.url} is damaged: {error}.") from error
            else:
                if response.is_success or response.status_code in expected:
                    return _document(response)
                failure = refusal = problems.refusal(response)
                repeatable = response.status_code in REPEATABLE
                delay = self._backoff.delay(attempt, refusal.retry_after) if repeatable else None
            if delay is None:
                raise failure
            self._sleep(delay)
            attempt += 1


def _document(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        asked = f"{response.request.method} {response.request.url}"
        raise ResponseError(f"{asked} did not answer JSON. Is this the address of a Spectron server?") from error
