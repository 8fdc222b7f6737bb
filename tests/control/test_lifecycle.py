"""Making and unmaking Contexts: whole or not at all, whatever fails and wherever."""

import asyncio
from pathlib import Path

import httpx
import pytest

from server.core.errors import ContextNotFoundError, UnavailableError
from server.core.scope import EMPTY
from server.observe.traces import Trace
from server.store.binding import METADATA
from tests.control.acme import BINDING, BODY, LEASE_SECONDS, URL, is_whole
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine


class Pause:
    """Stops the first statement that holds a text, until it is let go."""

    def __init__(self, engine: WatchedEngine, text: str) -> None:
        self._text = text
        self._go_on = asyncio.Event()
        self.reached = asyncio.Event()
        engine.intercept = self._intercept

    async def _intercept(self, text: str) -> None:
        if self._text in text and not self.reached.is_set():
            self.reached.set()
            await self._go_on.wait()

    def go_on(self) -> None:
        self._go_on.set()


MAKING = "DEFINE DATABASE"


async def test_a_creation_that_takes_long_is_not_taken_for_abandoned(
    app: App, clock: FakeClock, engine: WatchedEngine
) -> None:
    pause = Pause(engine, MAKING)
    creating = asyncio.create_task(app.http.post(URL, json=BODY))
    await pause.reached.wait()
    for _ in range(20):
        clock.advance(LEASE_SECONDS / 4)
        await settled()
        await app.server.control.contexts.recover()
    pause.go_on()
    assert (await creating).status_code == httpx.codes.CREATED
    assert await is_whole(app)


async def test_a_creation_that_was_taken_over_leaves_what_came_after_it_alone(app: App, engine: WatchedEngine) -> None:
    pause = Pause(engine, MAKING)
    creating = asyncio.create_task(app.http.post(URL, json=BODY))
    await pause.reached.wait()
    await engine.inner.write(METADATA, "UPDATE context SET lease_until = NONE")
    await app.server.control.contexts.recover()
    assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CREATED
    pause.go_on()
    assert (await creating).status_code == httpx.codes.CONFLICT
    assert await is_whole(app)


async def test_a_deletion_that_was_taken_over_leaves_what_came_after_it_alone(app: App, engine: WatchedEngine) -> None:
    await app.http.post(URL, json=BODY)
    pause = Pause(engine, "DELETE api_key WHERE context_id = $id RETURN NONE")
    deleting = asyncio.create_task(app.http.delete(URL))
    await pause.reached.wait()
    await engine.inner.write(METADATA, "UPDATE context SET lease_until = NONE")
    await app.server.control.contexts.recover()
    assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CREATED
    pause.go_on()
    assert (await deleting).status_code == httpx.codes.CONFLICT
    assert await is_whole(app)


async def test_of_two_recoveries_at_once_one_does_the_work(app: App, engine: WatchedEngine) -> None:
    await app.http.post(URL, json=BODY)
    await engine.inner.write(METADATA, "UPDATE context SET state = 'deleting', lease_until = NONE")
    await asyncio.gather(*(app.server.control.contexts.recover() for _ in range(8)))
    events = await engine.inner.read(METADATA, "SELECT VALUE actor FROM audit_event WHERE action = 'context.delete'")
    assert events == [["system"]]


async def test_one_context_that_cannot_be_recovered_does_not_stop_the_others(app: App, engine: WatchedEngine) -> None:
    for name in ("one", "two", "three"):
        await app.context(name)
    await engine.inner.write(METADATA, "UPDATE context SET state = 'deleting', lease_until = NONE")

    async def refuse(text: str) -> None:
        if "REMOVE DATABASE" in text and "`two`" in text:
            raise UnavailableError("The database refuses to be dropped.")

    engine.intercept = refuse
    await app.server.control.contexts.recover()
    assert (await engine.inner.read(METADATA, "SELECT VALUE record::id(id) FROM context"))[0] == ["two"]


async def test_a_request_that_is_given_up_does_not_interrupt_a_creation(
    tmp_path: Path, clock: FakeClock, engine: WatchedEngine
) -> None:
    async with running(tmp_path, clock=clock, engine=engine, request_timeout_seconds=0.5) as app:
        pause = Pause(engine, MAKING)
        answer = await app.http.post(URL, json=BODY)
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert int(answer.headers["Retry-After"]) > 0
        assert (await app.http.get(URL)).json()["state"] == "creating"
        pause.go_on()
        for _ in range(200):
            await settled()
            if (await app.http.get(URL)).json()["state"] != "creating":
                break
        assert await is_whole(app)


async def test_a_context_in_use_is_not_deleted_under_its_users(app: App, clock: FakeClock) -> None:
    await app.http.post(URL, json=BODY)
    clock.short_seconds = 0.0
    async with app.server.control.contexts.opened("acme") as opened:
        deleting = asyncio.create_task(app.http.delete(URL))
        await settled()
        assert (await app.http.get(URL)).json()["state"] == "deleting"
        with pytest.raises(ContextNotFoundError):
            async with app.server.control.contexts.opened("acme"):
                pass
        clock.advance(5)
        await settled()
        assert await opened.database.rows("SELECT id FROM document") == []
        assert not deleting.done()
    clock.advance(1)
    assert (await deleting).status_code == httpx.codes.NO_CONTENT


async def test_a_user_who_never_leaves_does_not_stop_a_deletion(app: App) -> None:
    await app.http.post(URL, json=BODY)
    async with app.server.control.contexts.opened("acme"):
        assert (await app.http.delete(URL)).status_code == httpx.codes.NO_CONTENT


async def test_traces_that_wait_do_not_bring_a_dropped_database_back(app: App, engine: WatchedEngine) -> None:
    await app.http.post(URL, json=BODY)
    async with app.server.control.contexts.opened("acme") as opened:
        app.server.traces.record(opened.database, Trace("t", "query", "what?", EMPTY, app.clock.now(), 1.0))
    await app.http.delete(URL)
    await app.server.traces.flush()
    assert await engine.databases("acme") == set()


async def test_a_database_that_was_there_before_survives_a_failed_creation(app: App, engine: WatchedEngine) -> None:
    await engine.create_database(BINDING)
    await engine.write(BINDING, "DEFINE TABLE document; CREATE document:mine;")
    answer = await app.http.post(URL, json=BODY)
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "document" in answer.json()["detail"]
    assert len((await engine.read(BINDING, "SELECT id FROM document"))[0]) == 1
    assert (await app.http.get(URL)).status_code == httpx.codes.NOT_FOUND


async def test_of_many_creators_one_wins_a_binding(app: App) -> None:
    answers = await asyncio.gather(
        *(
            app.http.post(f"/api/v1/contexts/c{number}", json={"namespace": "shared", "database": "one"})
            for number in range(32)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [httpx.codes.CREATED] + [httpx.codes.CONFLICT] * 31
    assert len((await app.http.get("/api/v1/contexts")).json()["contexts"]) == 1


async def test_of_many_creators_one_wins_an_id(app: App) -> None:
    answers = await asyncio.gather(
        *(app.http.post(URL, json={"namespace": "acme", "database": f"d{number}"}) for number in range(32))
    )
    assert sorted(answer.status_code for answer in answers) == [httpx.codes.CREATED] + [httpx.codes.CONFLICT] * 31
    assert len(await app.server.engine.databases("acme")) == 1


async def test_of_many_deletions_one_happens(app: App, engine: WatchedEngine) -> None:
    await app.http.post(URL, json=BODY)
    answers = await asyncio.gather(*(app.http.delete(URL) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [httpx.codes.NO_CONTENT] + [httpx.codes.NOT_FOUND] * 7
    assert await engine.databases("acme") == set()


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(50):
        await asyncio.sleep(0.001)
