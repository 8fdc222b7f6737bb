"""Every route of the control plane under requests nobody has thought of: never a 500, and never a secret."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.http.strict_json import LARGEST, SMALLEST
from tests.http.problem import problem_of
from tests.support.app import App, running

EXAMPLES = 150 * int(os.environ.get("SPECTRON_ROUNDS", "1"))
ENDLESS = {"/api/v1/events"}
THINKABLE = {200, 201, 202, 204, 206, 400, 401, 403, 404, 405, 409, 413, 415, 416, 422, 429}

ODD_TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "acme", "spectron", "null", "' OR 1=1; --", "`a`", "$audit", "\ud800", "\0", "a" * 2000]),
)
ODD_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(4 * SMALLEST, 4 * LARGEST) | st.floats() | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        *("namespace", "database", "config", "name", "principal", "scope_floor", "scopeFloor", "expires_at"),
        *("models", "providers", "retention", "token_limit", "ingestion", "rate_limit"),
    ]
)
ODD_BODY = st.one_of(
    st.none(),
    st.binary(max_size=60),
    st.dictionaries(FIELDS | ODD_TEXT, ODD_VALUE, max_size=5).map(lambda value: json.dumps(value).encode()),
    ODD_VALUE.map(lambda value: json.dumps(value).encode()),
)
HEADER_TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=255), min_size=1, max_size=40)
ODD_HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "x-request-id",
            "idempotency-key",
            "x-spectron-on-behalf-of",
            "content-type",
            "accept",
            "x-forwarded-for",
            "host",
        ]
    ),
    HEADER_TEXT,
    max_size=3,
)
ODD_QUERY = st.dictionaries(
    st.sampled_from(["limit", "cursor", "dry_run", "since", "until", "kind", "actor"]) | HEADER_TEXT,
    ODD_TEXT.filter(lambda text: "\ud800" not in text),
    max_size=3,
)


class Target:
    """One server for all examples, with a loop of its own, for hypothesis calls a test many times."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self._running = running(folder)
        self.app: App = self.runner.run(self._running.__aenter__())
        self.runner.run(self.app.context())
        self.routes = [
            (method.upper(), path)
            for path, methods in self.runner.run(self._openapi())["paths"].items()
            for method in methods
            if path not in ENDLESS
        ]

    def close(self) -> None:
        self.runner.run(self._running.__aexit__(None, None, None))
        self.runner.close()

    def send(self, request: httpx.Request) -> httpx.Response:
        """Straight to the application, for the client's cookies choke on what no header should hold."""
        return self.runner.run(self._sent(request))

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        answer = await httpx.ASGITransport(self.app.server.api).handle_async_request(request)
        await answer.aread()
        return answer

    async def _openapi(self) -> dict[str, Any]:
        document: dict[str, Any] = (await self.app.http.get("/api/openapi.json")).json()
        return document


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = Target(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_request_breaks_a_route(target: Target, data: st.DataObject) -> None:
    method, template = data.draw(st.sampled_from(target.routes))
    path = template
    while "{" in path:
        begin, end = path.index("{"), path.index("}") + 1
        segment = data.draw(ODD_TEXT.map(lambda text: text.encode("utf-8", "replace")) | st.just(b"acme"))
        path = path[:begin] + "".join(f"%{byte:02x}" for byte in segment) + path[end:]
    headers = {name: text.encode("latin-1") for name, text in data.draw(ODD_HEADERS).items()}
    body = data.draw(ODD_BODY) if method not in {"GET", "DELETE"} else None
    request = target.app.http.build_request(
        method,
        path,
        params=data.draw(ODD_QUERY),
        content=body,
        headers=[("content-type", "application/json")] if body is not None else None,
    )
    request.headers.update(httpx.Headers([(name.encode(), value) for name, value in headers.items()]))
    answer = target.send(request)
    assert answer.status_code in THINKABLE
    if not answer.is_success and method != "HEAD":
        problem_of(answer)
    assert target.app.key.rsplit("-", 1)[1] not in answer.text


@settings(max_examples=EXAMPLES, deadline=None)
@given(name=st.sampled_from(["api-key", "authorization"]), text=HEADER_TEXT)
def test_no_text_is_a_key_but_a_key(target: Target, name: str, text: str) -> None:
    request = target.app.http.build_request("GET", "/api/v1/contexts")
    del request.headers["api-key"]
    request.headers.update(httpx.Headers([(name.encode(), text.encode("latin-1"))]))
    assert problem_of(target.send(request))["status"] in {401, 429}
