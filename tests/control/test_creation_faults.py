"""A creation that fails at any step, in any way, leaves a whole Context or none."""

from pathlib import Path

import httpx
import pytest

from server.store.binding import METADATA
from tests.control.acme import BODY, LEASE_SECONDS, URL, is_whole, traces_of_acme
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import Moment, WatchedEngine


async def test_a_creation_that_fails_at_any_step_leaves_nothing_and_can_be_repeated(
    app: App, engine: WatchedEngine
) -> None:
    step = 0
    while True:
        step += 1
        engine.fail(step)
        answer = await app.http.post(URL, json=BODY)
        if not engine.failed:
            break
        engine.heal()
        if answer.status_code == httpx.codes.CREATED:
            raise AssertionError(f"step {step} failed and the creation went on")
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        if (await app.http.get(URL)).status_code == httpx.codes.OK:
            # Only the answer was lost: reading the row again for it is the last step.
            assert await is_whole(app)
        else:
            assert await traces_of_acme(engine) == []
            assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CREATED
        assert (await app.http.delete(URL)).status_code == httpx.codes.NO_CONTENT
        await engine.inner.write(METADATA, "DELETE audit_event")
    assert answer.status_code == httpx.codes.CREATED
    assert step > 8


async def test_a_creation_whose_outcome_is_lost_at_any_step_is_whole_or_nothing(
    app: App, engine: WatchedEngine
) -> None:
    step = 0
    while True:
        step += 1
        engine.fail(step, moment="after")
        answer = await app.http.post(URL, json=BODY)
        if not engine.failed:
            break
        engine.heal()
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        if (await app.http.get(URL)).status_code == httpx.codes.OK:
            assert await is_whole(app)
        else:
            assert await traces_of_acme(engine) == []
            assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CREATED
        assert (await app.http.delete(URL)).status_code == httpx.codes.NO_CONTENT
        await engine.inner.write(METADATA, "DELETE audit_event")


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_what_could_not_be_undone_at_any_step_is_undone_by_recovery(
    app: App, engine: WatchedEngine, moment: Moment
) -> None:
    contexts = app.server.control.contexts
    step, created = 0, False
    while not created:
        step += 1
        engine.fail(step, calls=10_000, moment=moment)
        created = (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CREATED
        engine.heal()
        await contexts.registry.expire_leases()
        await contexts.recover()
        if (await app.http.get(URL)).status_code == httpx.codes.OK:
            assert await is_whole(app)
            assert (await app.http.delete(URL)).status_code == httpx.codes.NO_CONTENT
        await engine.inner.write(METADATA, "DELETE audit_event")
        assert await traces_of_acme(engine) == []


async def test_the_next_start_recovers(tmp_path: Path, clock: FakeClock, engine: WatchedEngine) -> None:
    async with running(tmp_path, clock=clock, engine=engine) as app:
        engine.fail(6, calls=10_000)
        assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.SERVICE_UNAVAILABLE
        engine.heal()
        assert await traces_of_acme(engine) != []
    async with running(tmp_path, clock=clock, engine=engine, key=app.key) as app:
        assert await traces_of_acme(engine) == []
        assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CREATED


async def test_what_could_not_be_undone_is_undone_once_its_lease_is_over(
    app: App, clock: FakeClock, engine: WatchedEngine
) -> None:
    engine.fail(4, calls=10_000)
    assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.SERVICE_UNAVAILABLE
    engine.heal()
    assert (await app.http.get(URL)).json()["state"] == "creating"
    await app.server.control.contexts.recover()
    assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CONFLICT
    clock.advance(LEASE_SECONDS)
    await app.server.control.contexts.recover()
    assert await traces_of_acme(engine) == []
    assert (await app.http.post(URL, json=BODY)).status_code == httpx.codes.CREATED
