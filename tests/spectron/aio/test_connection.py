from collections.abc import Callable
from itertools import count

import httpx
import pytest

from spectron.aio.connection import AsyncConnection
from spectron.backoff import Backoff
from spectron.errors import (
    ArgumentError,
    ConflictError,
    RateLimitedError,
    ResponseError,
    TransportError,
    UnavailableError,
)
from tests.spectron.exchange import Exchange, answer, problem

URL = "http://server.test"


class Harness:
    """A connection whose waits are noted instead of waited."""

    def __init__(self, exchange: Exchange, random: Callable[[], float] = lambda: 1.0) -> None:
        self.waits: list[float] = []
        numbers = count(1)
        self.connection = AsyncConnection(
            httpx.AsyncClient(base_url=URL, transport=exchange.transport),
            backoff=Backoff(retries=3, random=random),
            sleep=self._sleep,
            new_key=lambda: f"key-{next(numbers)}",
        )

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


REFUSED = httpx.ConnectError("Connection refused")


@pytest.mark.parametrize(
    "failure",
    [
        REFUSED,
        httpx.ReadTimeout("timed out"),
        httpx.RemoteProtocolError("Server disconnected"),
        problem(429, "rate-limited"),
        problem(503, "unavailable"),
        answer(502),
    ],
    ids=["refused", "timed out", "broken off", "429", "503", "502"],
)
async def test_a_passing_failure_is_survived(failure: httpx.Response | Exception) -> None:
    exchange = Exchange(failure, answer(200, {"fine": True}))
    harness = Harness(exchange)

    assert await harness.connection.get("/api/v1/x") == {"fine": True}
    assert harness.waits == [0.2]


async def test_it_gives_up_after_its_retries_and_waits_longer_each_time() -> None:
    exchange = Exchange(*[problem(503, "unavailable") for _ in range(4)])
    harness = Harness(exchange)

    with pytest.raises(UnavailableError):
        await harness.connection.get("/api/v1/x")

    assert len(exchange.requests) == 4
    assert harness.waits == [0.2, 0.4, 0.8]


async def test_the_server_s_own_wait_is_kept() -> None:
    exchange = Exchange(problem(429, "rate-limited", retry_after="7"), answer(200, {}))
    harness = Harness(exchange, random=lambda: 0.0)

    await harness.connection.get("/api/v1/x")

    assert harness.waits == [7.0]


async def test_a_wait_that_is_too_long_is_left_to_the_caller() -> None:
    exchange = Exchange(problem(429, "rate-limited", retry_after="86400"))
    harness = Harness(exchange)

    with pytest.raises(RateLimitedError) as caught:
        await harness.connection.get("/api/v1/x")

    assert caught.value.retry_after == 86400
    assert harness.waits == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 422, 500])
async def test_what_would_fail_again_is_not_repeated(status: int) -> None:
    exchange = Exchange(answer(status, {"title": "No", "detail": "No."}))
    harness = Harness(exchange)

    with pytest.raises(Exception, match=r"No\."):
        await harness.connection.post("/api/v1/x", {})

    assert len(exchange.requests) == 1


async def test_all_attempts_at_a_write_carry_one_key_and_the_next_write_another() -> None:
    exchange = Exchange(REFUSED, answer(503), answer(200, {}), answer(204))
    harness = Harness(exchange)

    await harness.connection.post("/api/v1/x", {"a": 1})
    await harness.connection.delete("/api/v1/x")

    assert [request.headers["idempotency-key"] for request in exchange.requests] == ["key-1"] * 3 + ["key-2"]
    assert [exchange.body(index) for index in range(3)] == [{"a": 1}] * 3


async def test_reads_carry_no_key() -> None:
    exchange = Exchange(answer(200, {}))

    await Harness(exchange).connection.get("/api/v1/x")

    assert "idempotency-key" not in exchange.last.headers


async def test_an_unreachable_server_is_named_with_what_to_do() -> None:
    exchange = Exchange(*[REFUSED] * 4)

    with pytest.raises(TransportError) as caught:
        await Harness(exchange).connection.get("/api/v1/health")

    assert caught.value.url == f"{URL}/api/v1/health"
    assert f"Cannot connect to {URL}/api/v1/health: Connection refused." in str(caught.value)
    assert "spectrond dev start" in str(caught.value)
    assert caught.value.__cause__ is REFUSED


async def test_an_expected_status_is_an_answer() -> None:
    exchange = Exchange(answer(503, {"status": "unavailable"}))

    document = await Harness(exchange).connection.get("/api/v1/ready", expected=frozenset({503}))

    assert document == {"status": "unavailable"}


async def test_an_empty_answer_is_none() -> None:
    assert await Harness(Exchange(answer(204))).connection.delete("/api/v1/x") is None


async def test_an_answer_that_is_not_json_says_who_gave_it() -> None:
    exchange = Exchange(httpx.Response(200, text="<html>Welcome</html>"))

    with pytest.raises(ResponseError, match=f"GET {URL}/api/v1/x did not answer JSON"):
        await Harness(exchange).connection.get("/api/v1/x")


async def test_a_damaged_answer_is_not_repeated() -> None:
    exchange = Exchange(httpx.DecodingError("bad gzip"))

    with pytest.raises(ResponseError, match="damaged: bad gzip"):
        await Harness(exchange).connection.get("/api/v1/x")


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}], ids=["nan", "object", "set"])
async def test_a_body_that_is_no_json_is_never_sent(value: object) -> None:
    exchange = Exchange()

    with pytest.raises(ArgumentError, match="can't be sent as JSON"):
        await Harness(exchange).connection.patch("/api/v1/x", {"config": value})

    assert exchange.requests == []


async def test_any_text_can_be_sent() -> None:
    exchange = Exchange(answer(200, {}))

    await Harness(exchange).connection.post("/api/v1/x", {"text": "né \ud800 \x00"})

    assert exchange.body() == {"text": "né \ud800 \x00"}
    assert exchange.last.headers["content-type"] == "application/json"


async def test_a_conflict_is_raised_at_once() -> None:
    exchange = Exchange(problem(409, "conflict", "Another Context is bound to acme/prod."))

    with pytest.raises(ConflictError, match="bound to acme/prod"):
        await Harness(exchange).connection.post("/api/v1/contexts/a", {})
