"""The stream of events, on a real socket."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog

from server.core.scope import parse
from server.http.event_stream import EventStream
from server.observe.events import Event
from tests.http.streams import served
from tests.support.app import App

PATIENCE = 30


@pytest.fixture
async def url(acme: App) -> AsyncIterator[str]:
    async with served(acme.server) as address:
        yield f"{address}/api/v1/events"


class Stream:
    """A reader that takes apart what it gets."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def block(self) -> list[str]:
        """The lines up to the next empty one; none at the end."""
        lines: list[str] = []
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if not line:
                    return lines
                lines.append(line)
        return lines

    async def event(self) -> dict[str, Any]:
        fields = dict(line.split(": ", 1) for line in await self.block())
        return fields | {"data": json.loads(fields["data"])}


@asynccontextmanager
async def reading(url: str, key: str, last: str | None = None, **params: str) -> AsyncIterator[Stream]:
    headers = {"API-KEY": key} | ({"Last-Event-ID": last} if last else {})
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as client,
        client.stream("GET", url, headers=headers, params=params) as answer,
    ):
        stream = Stream(answer)
        if answer.status_code == 200:
            assert await stream.block() == ["retry: 2000"]
        yield stream


async def test_jobs_are_told_of_as_they_change(acme: App, url: str) -> None:
    async with reading(url, acme.key) as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["cache-control"] == "no-store"
        job = await acme.server.queue.enqueue("acme", "reindex", "all")
        await acme.http.delete(f"/api/v1/jobs/{job.id}")
        queued, cancelled = await stream.event(), await stream.event()

    assert (queued["event"], queued["data"]["id"], queued["data"]["state"]) == ("job", job.id, "queued")
    assert cancelled["data"]["state"] == "cancelled"
    assert cancelled["data"].keys() >= {"context_id", "kind", "subject", "stage", "progress", "attempts", "error", "at"}


async def test_a_reader_that_comes_back_has_missed_nothing(acme: App, url: str) -> None:
    async with reading(url, acme.key) as stream:
        acme.server.events.publish("sweep", None, {"n": 1})
        seen = await stream.event()
    for number in (2, 3):
        acme.server.events.publish("sweep", None, {"n": number})

    async with reading(url, acme.key, last=seen["id"]) as stream:
        assert [(await stream.event())["data"]["n"] for _ in range(2)] == [2, 3]
    async with reading(url, acme.key, last="before-1") as stream:
        assert (await stream.event())["event"] == "reset"


async def test_filters(acme: App, url: str) -> None:
    async with reading(url, acme.key, context="acme", kind="sweep") as stream:
        for kind, context_id in (("job", "acme"), ("sweep", "beta"), ("sweep", "acme")):
            acme.server.events.publish(kind, context_id, {})  # type: ignore[arg-type]  # one of the kinds
        event = await stream.event()

    assert (event["event"], event["data"]["context_id"]) == ("sweep", "acme")


async def test_a_context_key_sees_its_own_context_and_scope(acme: App, url: str) -> None:
    key = (await acme.mint(scope_floor={"user": "alice"}))["secret"]
    async with reading(url, key) as stream:
        publish = acme.server.events.publish
        publish("document", "beta", {"n": 1}, parse({"user": "alice"}))
        publish("document", "acme", {"n": 2}, parse({"user": "bob"}))
        publish("sweep", None, {"n": 3})
        publish("document", "acme", {"n": 4}, parse({"user": "alice", "team": "x"}))
        assert (await stream.event())["data"]["n"] == 4


@pytest.mark.parametrize(
    ("params", "whose", "status"),
    [
        ({"context": "beta"}, "agent", 403),
        ({"context": "nobody"}, "management", 404),
        ({"kind": "gossip"}, "management", 400),
        ({"contxt": "acme"}, "management", 400),
        ({}, "nobody", 401),
    ],
)
async def test_what_is_refused(acme: App, url: str, params: dict[str, str], whose: str, status: int) -> None:
    keys = {"management": acme.key, "nobody": "sk-acme-nobody-nothing", "agent": (await acme.mint())["secret"]}
    async with reading(url, keys[whose], **params) as stream:
        assert stream.answer.status_code == status
        assert stream.answer.headers["content-type"] == "application/problem+json"


async def test_heartbeats_outlast_the_time_limit_of_requests(acme: App, url: str) -> None:
    async with reading(url, acme.key) as stream:
        for _ in range(8):
            acme.clock.advance(15)
            assert await stream.block() == [": still here"]


async def test_a_key_that_is_revoked_hears_nothing_more(acme: App, url: str) -> None:
    minted = await acme.mint()
    async with reading(url, minted["secret"]) as stream:
        await acme.http.post(f"/api/v1/contexts/acme/keys/{minted['id']}/revoke")
        acme.server.events.publish("job", "acme", {"n": 1})
        assert await stream.block() == []


async def test_an_open_stream_does_not_hold_up_the_deletion_of_its_context(acme: App, url: str) -> None:
    async with reading(url, acme.key, context="acme"):
        assert (await acme.http.delete("/api/v1/contexts/acme")).status_code == 204


async def test_streams_end_when_the_server_stops(acme: App, url: str) -> None:
    async with reading(url, acme.key) as stream:
        acme.server.events.close()
        assert await stream.block() == []


async def test_a_reader_that_leaves_is_forgotten(acme: App, url: str) -> None:
    async with reading(url, acme.key):
        assert acme.server.events.gauges()["readers"] == 1
    async with asyncio.timeout(PATIENCE):
        while acme.server.events.gauges()["readers"]:  # noqa: ASYNC110  # the bus has no event for it
            await asyncio.sleep(0.001)


async def test_one_who_does_not_read_disturbs_nobody(acme: App, url: str) -> None:
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    _, stuck = await asyncio.open_connection(host, int(port), limit=1024)
    stuck.write(f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nAPI-KEY: {acme.key}\r\n\r\n".encode())
    async with reading(url, acme.key) as stream:
        for number in range(300):
            acme.server.events.publish("sweep", None, {"n": number, "text": "x" * 50_000})
            assert (await stream.event())["data"]["n"] == number
        assert (await acme.http.get("/api/v1/health")).status_code == 200
    stuck.close()
    with contextlib.suppress(ConnectionError):
        await stuck.wait_closed()


async def test_one_who_takes_nothing_for_too_long_is_dropped() -> None:
    closed = asyncio.Event()

    async def events() -> AsyncGenerator[Event | None, None]:
        try:
            while True:
                yield None
        finally:
            closed.set()

    async def send(message: Any) -> None:
        if b"still" in message.get("body", b""):
            await asyncio.Event().wait()

    async def receive() -> Any:
        await asyncio.Event().wait()

    with structlog.testing.capture_logs() as logs:
        async with asyncio.timeout(PATIENCE):
            await EventStream(events(), send_seconds=0.01)({"type": "http"}, receive, send)

    assert closed.is_set()
    assert [entry["event"] for entry in logs] == ["events.reader_dropped"]
