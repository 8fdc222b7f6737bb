"""The listener on a socket: what is no HTTP or too much of it, and whose word about addresses counts."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from server.http.protocol import MAX_HEAD_BYTES, ProblemProtocol
from server.serving import bound, listener_config
from tests.support.app import App, running


@pytest.fixture
async def port(app: App) -> AsyncIterator[int]:
    """The application of the test behind a real socket."""
    listener = uvicorn.Server(listener_config(app.server))
    with bound("127.0.0.1", 0) as listening:
        serving = asyncio.create_task(listener.serve([listening]))
        while not listener.started:  # noqa: ASYNC110  # the listener has no event for it
            await asyncio.sleep(0.001)
        yield listening.getsockname()[1]
        listener.should_exit = True
        await serving


async def answered(port: int, *sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what comes back for some bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in sent:
            writer.write(piece)
            await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return int(head[0].split()[1]), headers, body


@pytest.mark.parametrize(
    "sent",
    [
        b"what is this?\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: two\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"a" * MAX_HEAD_BYTES,
        b"GET /" + b"a" * MAX_HEAD_BYTES,
    ],
)
async def test_what_cannot_be_read_gets_a_problem_document(port: int, sent: bytes) -> None:
    pieces = [sent[begin : begin + 16_384] for begin in range(0, len(sent), 16_384)]
    status, headers, body = await answered(port, *pieces)
    problem = json.loads(body)
    assert (status, problem["status"]) == (400, 400)
    assert headers["content-type"] == "application/problem+json"
    assert problem["type"] == "https://spectron.dev/errors/validation-error"
    assert headers["connection"] == "close"


async def test_a_header_just_within_bounds_is_read(port: int, app: App) -> None:
    filler = b"x: " + b"a" * (MAX_HEAD_BYTES - 2000) + b"\r\n"
    sent = b"GET /api/v1/contexts HTTP/1.1\r\nhost: a\r\napi-key: " + app.key.encode() + b"\r\n" + filler + b"\r\n"
    status, _, _ = await answered(port, sent)
    assert status == 200


async def test_an_upgrade_is_answered_as_a_plain_request(port: int) -> None:
    upgrade = b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: eA==\r\nsec-websocket-version: 13\r\n"
    status, _, body = await answered(port, b"GET /api/v1/health HTTP/1.1\r\nhost: a\r\n" + upgrade + b"\r\n")
    assert (status, json.loads(body)["status"]) == (200, "ok")


async def test_a_body_over_the_limit_is_refused_before_it_is_sent(port: int, app: App) -> None:
    head = (
        b"POST /api/v1/contexts/acme HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
        b"content-length: 1000000000\r\napi-key: " + app.key.encode() + b"\r\n\r\n"
    )
    status, headers, body = await answered(port, head, b"{")
    assert status == 413
    assert headers["connection"] == "close"
    assert json.loads(body)["type"].endswith("/payload-too-large")


async def test_odd_bytes_in_headers_are_an_odd_key_and_nothing_worse(port: int) -> None:
    for key in (b"sk-acme-\xff-\xfe", "mgmt-ключ-ключ".encode(), b"\x80" * 300):
        status, _, body = await answered(
            port, b"GET /api/v1/contexts HTTP/1.1\r\nhost: a\r\napi-key: " + key + b"\r\n\r\n"
        )
        assert (status, json.loads(body)["type"].rsplit("/", 1)[1]) == (401, "unauthorized")


@pytest.mark.parametrize("host", [b"[", b"a b", b"\xff", b"[::1", b"a:b:c", b"?", b""])
async def test_an_odd_host_makes_no_difference(port: int, host: bytes) -> None:
    status, _, body = await answered(port, b"GET /api/v1/contexts?a=b HTTP/1.1\r\nhost: " + host + b"\r\n\r\n")
    assert status == 401
    assert json.loads(body)["instance"] == "/api/v1/contexts"


async def test_nobody_makes_up_his_address(port: int, app: App) -> None:
    await answered(port, b"GET /api/v1/contexts HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 9.9.9.9\r\n\r\n")
    (refusal,) = app.server.control.audit._refusals.values()
    assert refusal.event["source"] == "127.0.0.1"


async def test_a_proxy_that_is_trusted_is_believed(tmp_path: Path) -> None:
    async with running(tmp_path, trusted_proxies="127.0.0.1") as app:
        config = listener_config(app.server)
        assert (config.proxy_headers, config.forwarded_allow_ips) == (True, "127.0.0.1")
        assert config.http is ProblemProtocol
