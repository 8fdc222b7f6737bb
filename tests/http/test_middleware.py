"""What happens to every request, whatever it asks for."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from server.core.ids import ALPHABET
from tests.http.problem import slug_of
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

CONTEXTS = "/api/v1/contexts"


async def test_every_answer_has_a_request_id(acme: App) -> None:
    ids = [
        (await acme.http.get(path)).headers["x-request-id"] for path in (CONTEXTS, "/nowhere", "/metrics") for _ in "ab"
    ]
    assert len(set(ids)) == 6
    assert set("".join(ids)) <= set(ALPHABET)


@pytest.mark.parametrize("text", ["abc", "a.b_c:d-e", "A" * 64])
async def test_a_request_id_of_the_caller_is_kept(acme: App, text: str) -> None:
    answer = await acme.http.get("/nowhere", headers={"x-request-id": text})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == text


@pytest.mark.parametrize("text", ["", "a b", "A" * 65, "a\tb", '"', "{}", "<script>"])
async def test_a_request_id_that_could_do_harm_is_replaced(acme: App, text: str) -> None:
    answer = await acme.http.get("/nowhere", headers={"x-request-id": text})
    assert answer.headers["x-request-id"] != text
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


async def test_a_request_that_takes_too_long_is_given_up(
    tmp_path: Path, clock: FakeClock, watched: WatchedEngine
) -> None:
    async with running(tmp_path, clock=clock, engine=watched, request_timeout_seconds=0.05) as app:

        async def hang(_: str) -> None:
            await asyncio.Event().wait()

        watched.intercept = hang
        answer = await app.http.get(CONTEXTS)
        watched.intercept = None
        assert slug_of(answer) == "unavailable"
        assert "0.05 s" in answer.json()["detail"]


async def test_a_log_line_tells_what_happened_and_no_secret(logged: io.StringIO, acme: App) -> None:
    minted = await acme.mint(name="app")
    caller = await acme.client(minted["secret"])
    path = f"/api/v1/{acme.key}/{minted['secret']}?api_key={acme.key}"
    await caller.post(path, json={"api_key": acme.key}, headers={"x-request-id": "r1"})
    await acme.http.get("/nowhere/%1b%5b31m%0a")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "r1"]
    assert (line["event"], line["method"], line["status"]) == ("request", "POST", 404)
    assert lines[-1]["path"] == "/nowhere/%1B%5B31m%0A"
    for secret in (acme.key, minted["secret"]):
        assert secret.rsplit("-", 1)[1] not in logged.getvalue()


async def test_health_checks_do_not_fill_the_log(logged: io.StringIO, acme: App) -> None:
    logged.truncate(0)
    for path in ("/api/v1/health", "/api/v1/ready", "/metrics"):
        await acme.http.get(path)
    assert not logged.getvalue()


async def test_answers_are_json_in_utf_8(acme: App) -> None:
    answer = await acme.http.get(f"{CONTEXTS}/é😀")
    assert json.loads(answer.content.decode("utf-8"))["instance"] == f"{CONTEXTS}/é😀"
