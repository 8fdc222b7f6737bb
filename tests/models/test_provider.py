"""How calls to a provider survive what can go wrong, the same for all providers."""

import asyncio
import contextlib
import socket
from typing import Any

import httpx
import pytest

from server.core.errors import (
    CircuitOpenError,
    ProviderAnswerError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
)
from server.models.breaker import CircuitBreaker
from server.models.provider import FailureSink, ProviderClient
from tests.models.conftest import PATIENCE
from tests.models.scripted_server import Reply, ScriptedServer
from tests.support.clock import ManualClock

FINE = Reply({"fine": True})


@pytest.fixture
def failures() -> list[tuple[str, str]]:
    """The providers that failed a call, and why."""
    return []


@pytest.fixture
def client(
    provider: ScriptedServer, http: httpx.AsyncClient, clock: ManualClock, failures: list[tuple[str, str]]
) -> ProviderClient:
    return _client(provider.url, http, clock, lambda name, error: failures.append((name, error.reason)))


def _client(
    url: str, http: httpx.AsyncClient, clock: ManualClock, failed: FailureSink = lambda *_: None
) -> ProviderClient:
    return ProviderClient(
        "acme",
        url,
        {"Authorization": "Bearer sk-very-secret"},
        http=http,
        clock=clock,
        random=lambda: 0.5,
        failed=failed,
        breaker=CircuitBreaker("acme", clock, threshold=2),
        patience=PATIENCE,
        secret="sk-very-secret",
    )


async def test_an_answer_is_asked_for_once(client: ProviderClient, provider: ScriptedServer) -> None:
    provider.script(FINE)
    assert await client.post("/ask", {"question": 1}) == {"fine": True}
    (request,) = provider.requests
    assert (request.path, request.body) == ("/ask", {"question": 1})
    assert request.headers["authorization"] == "Bearer sk-very-secret"


@pytest.mark.parametrize(
    "failing",
    [
        Reply(status=500),
        Reply(status=503),
        Reply(status=408),
        Reply(status=429),
        Reply(b'{"fine": tr', cut=4),
        Reply(b'{"fine": true}', cut=0),
        Reply(hang=True),
    ],
)
async def test_what_passes_is_tried_again_with_growing_pauses(
    client: ProviderClient, provider: ScriptedServer, clock: ManualClock, failing: Reply
) -> None:
    provider.script(failing, failing, FINE)
    assert await client.post("/ask", {}) == {"fine": True}
    assert len(provider.requests) == 3
    assert len(clock.sleeps) == 2
    assert 0 < clock.sleeps[0] <= clock.sleeps[1]


async def test_the_provider_decides_how_long_to_wait(
    client: ProviderClient, provider: ScriptedServer, clock: ManualClock
) -> None:
    provider.script(Reply(status=429, headers={"Retry-After": "7"}), FINE)
    await client.post("/ask", {})
    assert clock.sleeps == [7.0]


async def test_a_long_wait_is_left_to_the_caller(
    client: ProviderClient, provider: ScriptedServer, clock: ManualClock
) -> None:
    provider.script(Reply({"error": {"message": "quota"}}, status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(ProviderBusyError, match=r"answered 429: quota\. Try again later") as caught:
        await client.post("/ask", {})
    assert caught.value.retry_after == 3600
    assert clock.sleeps == []


@pytest.mark.parametrize("header", ["soon", "-1", "inf", "nan"])
async def test_a_wait_without_meaning_is_ignored(
    client: ProviderClient, provider: ScriptedServer, clock: ManualClock, header: str
) -> None:
    provider.script(Reply(status=429, headers={"Retry-After": header}), FINE)
    await client.post("/ask", {})
    assert clock.sleeps == [1.0]


@pytest.mark.parametrize(("status", "remedy"), [(401, "its key"), (403, "its key"), (400, "model"), (404, "model")])
async def test_a_refusal_is_final_and_says_what_to_check(
    client: ProviderClient, provider: ScriptedServer, status: int, remedy: str
) -> None:
    provider.script(Reply({"error": {"message": "no such thing as sk-very-secret"}}, status=status))
    with pytest.raises(ProviderRefusedError, match=rf"{status}: no such thing as \*+\. Check .*{remedy}") as caught:
        await client.post("/ask", {})
    assert not caught.value.repeatable
    assert "sk-very-secret" not in caught.value.detail
    assert len(provider.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"{", b"\xff\xfe"])
async def test_garbage_is_no_answer(client: ProviderClient, provider: ScriptedServer, body: bytes) -> None:
    provider.script(Reply(body))
    with pytest.raises(ProviderAnswerError, match="no JSON object"):
        await client.post("/ask", {})


async def test_the_last_failure_is_the_one_that_is_told(client: ProviderClient, provider: ScriptedServer) -> None:
    provider.script(Reply(status=500), Reply(hang=True), Reply(b"overloaded\n now", status=502))
    with pytest.raises(ProviderError, match="answered 502: overloaded now"):
        await client.post("/ask", {})


async def test_nobody_there_is_told_with_the_address(http: httpx.AsyncClient, clock: ManualClock) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(ProviderTimeoutError, match=f"{url} could not be reached"):
        await _client(url, http, clock).post("/ask", {})


async def test_a_broken_provider_is_left_alone_then_tried_again(
    client: ProviderClient, provider: ScriptedServer, clock: ManualClock
) -> None:
    provider.script(*[Reply(status=500)] * 6)
    for _ in range(2):
        with pytest.raises(ProviderError, match="500"):
            await client.post("/ask", {})
    with pytest.raises(CircuitOpenError):
        await client.post("/ask", {})
    assert len(provider.requests) == 6
    clock.advance(30)
    provider.script(FINE)
    assert await client.post("/ask", {}) == {"fine": True}


@pytest.mark.parametrize("status", [400, 401, 429])
async def test_a_provider_that_says_no_is_not_broken(
    client: ProviderClient, provider: ScriptedServer, status: int
) -> None:
    provider.script(*[Reply(status=status)] * 12)
    for _ in range(4):
        with pytest.raises(ProviderError, match=str(status)):
            await client.post("/ask", {})


async def test_events_are_streamed_and_noise_is_skipped(client: ProviderClient, provider: ScriptedServer) -> None:
    provider.script(Reply(b': hello\n\nevent: x\ndata: {"a": 1}\n\ndata:{"b": 2}\n\ndata: [DONE]\n\n'))
    assert [event async for event in client.stream("/ask", {})] == [{"a": 1}, {"b": 2}]


async def test_a_stream_is_tried_again_only_before_it_began(client: ProviderClient, provider: ScriptedServer) -> None:
    body = b'data: {"a": 1}\n\ndata: {"b": 2}\n\n'
    provider.script(Reply(status=500), Reply(body, cut=20))
    events = client.stream("/ask", {})
    assert await anext(events) == {"a": 1}
    with pytest.raises(ProviderTimeoutError, match="broke off"):
        await anext(events)
    assert len(provider.requests) == 2


async def test_garbage_in_a_stream_is_no_answer(client: ProviderClient, provider: ScriptedServer) -> None:
    provider.script(Reply(b"data: {oops\n\n"))
    with pytest.raises(ProviderAnswerError, match="no JSON object"):
        await anext(client.stream("/ask", {}))


@pytest.mark.parametrize(
    ("replies", "reasons"),
    [
        ([Reply(status=500), FINE], []),
        ([Reply(status=500)] * 3, ["error"]),
        ([Reply(hang=True)] * 3, ["timeout"]),
        ([Reply(status=429)] * 3, ["busy"]),
        ([Reply(status=401)], ["refused"]),
        ([Reply(b"<html>")], ["answer"]),
        ([Reply(status=500)] * 6, ["error", "error", "left alone"]),
    ],
)
async def test_a_call_that_came_to_nothing_is_told_once(
    client: ProviderClient, provider: ScriptedServer, failures: list[Any], replies: list[Reply], reasons: list[str]
) -> None:
    provider.script(*replies)
    for _ in range(max(1, len(reasons))):
        with contextlib.suppress(ProviderError):
            await client.post("/ask", {})
    assert failures == [("acme", reason) for reason in reasons]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=401), "refused"),
        (Reply(b'data: {"a": 1}\n\ndata: {"b": 2}\n\n', cut=20), "timeout"),
        (Reply(b"data: {oops\n\n"), "answer"),
    ],
)
async def test_a_stream_that_came_to_nothing_is_told_once(
    client: ProviderClient, provider: ScriptedServer, failures: list[Any], reply: Reply, reason: str
) -> None:
    provider.script(reply)
    with pytest.raises(ProviderError):
        [event async for event in client.stream("/ask", {})]
    assert failures == [("acme", reason)]


def test_what_a_model_finds_unusable_is_told(client: ProviderClient, failures: list[Any]) -> None:
    assert client.unusable("answered without a choice").repeatable
    assert client.broken_off().repeatable
    assert failures == [("acme", "answer")] * 2


async def test_a_cancelled_call_ends_at_once(client: ProviderClient, provider: ScriptedServer) -> None:
    provider.script(Reply(hang=True))
    call = asyncio.create_task(client.post("/ask", {}))
    await provider.asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(provider.requests) == 1
