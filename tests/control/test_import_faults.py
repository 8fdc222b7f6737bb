"""An import that fails at any step, in any way, leaves a whole Context or an empty one."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.control.acme import BODY, LEASE_SECONDS, URL
from tests.http.problem import slug_of
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import Moment, WatchedEngine

FIRST_STEPS = 10
STRIDE = 11
DUMP = {"Content-Type": "application/surrealql"}


async def dump_of_another(folder: Path) -> bytes:
    """The dump of a Context that holds a session."""
    async with running(folder) as app:
        await app.context("other")
        agent = await app.agent("other", scope_floor={"org": "acme"})
        assert (await agent.post("/api/v1/other/sessions", json={})).is_success
        return (await app.http.get("/api/v1/contexts/other/export")).content


async def sessions(app: App) -> int:
    answer = await app.http.get(f"{URL}/digest")
    assert answer.is_success, answer.text
    rows: int = answer.json()["tables"]["session"]["rows"]
    return rows


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_failure_at_any_step_leaves_all_or_nothing(
    app: App, engine: WatchedEngine, clock: FakeClock, tmp_path: Path, moment: Moment
) -> None:
    dump = await dump_of_another(tmp_path / "other")
    step = 0
    while True:
        # The first steps change the registry; later ones read one table after another.
        step += 1 if step < FIRST_STEPS else STRIDE
        assert (await app.http.post(URL, json=BODY)).is_success
        # One step alone fails, or everything from it on, as when the database goes away.
        engine.fail(step, calls=1 if step % 2 else 1000, moment=moment)
        answer = await app.http.post(f"{URL}/import", content=dump, headers=DUMP)
        failed = engine.failed
        engine.heal()
        clock.advance(LEASE_SECONDS + 1)
        await app.server.control.contexts.recover()
        assert (await app.http.get(URL)).json()["state"] == "active"
        found = await sessions(app)
        if answer.is_success:
            assert found == 1
        elif found == 0:
            assert (await app.http.post(f"{URL}/import", content=dump, headers=DUMP)).is_success
        assert (await app.http.delete(URL)).status_code == httpx.codes.NO_CONTENT
        if not failed:
            break
    assert answer.is_success
    assert step > 15


async def test_nobody_uses_a_context_that_is_being_filled_and_only_one_fills_it(acme: App, tmp_path: Path) -> None:
    dump = await dump_of_another(tmp_path / "other")
    agent = await acme.agent("acme", scope_floor={"org": "acme"})
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> Any:
        yield dump[: len(dump) // 2]
        begun.set()
        await go_on.wait()
        yield dump[len(dump) // 2 :]

    filling = asyncio.create_task(acme.http.post(f"{URL}/import", content=slowly(), headers=DUMP))
    await begun.wait()
    try:
        assert (await acme.http.get(URL)).json()["state"] == "importing"
        assert slug_of(await agent.get("/api/v1/acme/sessions")) == "context-not-found"
        assert slug_of(await acme.http.get(f"{URL}/export")) == "context-not-found"
        assert slug_of(await acme.http.post(f"{URL}/import", content=dump, headers=DUMP)) == "context-not-found"
        assert slug_of(await acme.http.delete(URL)) == "context-not-found"
    finally:
        go_on.set()
    assert (await filling).is_success
    assert await sessions(acme) == 1
