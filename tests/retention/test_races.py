"""A sweep beside the deletion of a Context that it is at."""

import asyncio
import os
import random

import pytest

from server.control.audit import SYSTEM
from server.retention.cleaning import Wanted
from server.store.binding import Binding
from server.store.engine import Database
from tests.retention.conftest import Memory
from tests.retention.model import Policies, doomed
from tests.retention.world import World, names, store

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "5"))
LONGEST_HEAD_START = 60


@pytest.fixture(params=["memory", "embedded"])
def store_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.mark.timeout(120 + 20 * ROUNDS)
async def test_a_context_that_is_deleted_meanwhile_stays_deleted_and_stops_nothing(memory: Memory) -> None:
    sweeper, app, cut_short = memory.server.retention.sweeper, memory.app, 0
    for seed in range(ROUNDS):
        moments, world = random.Random(seed), World(seed, size=20)
        await memory.clear()
        await store(memory.database, world.records)
        for context_id in ("aaa", "zzz"):
            await app.context(context_id)
            await store(Database(app.server.engine, Binding(context_id, "prod")), world.records)
        due = doomed(world.records, Policies(), app.clock.now())

        sweeping = asyncio.create_task(sweeper.sweep(Wanted(), SYSTEM))
        for _ in range(moments.randrange(LONGEST_HEAD_START)):
            await asyncio.sleep(0)
        deletions = [app.http.delete(f"/api/v1/contexts/{context_id}") for context_id in ("aaa", "zzz")]
        assert [answer.status_code for answer in await asyncio.gather(*deletions)] == [204, 204]
        sweep = await sweeping

        reports = {report.id: report for report in sweep.contexts}
        assert sweep.error is None
        assert [report.error for report in reports.values()] == [None] * len(reports)
        gone = {record.name for record in world.records} - await names(memory.database)
        assert len(gone) == reports["acme"].deleted_count
        # The clock goes on a little meanwhile.
        assert due <= gone <= doomed(world.records, Policies(), app.clock.now())
        cut_short += any(0 < report.deleted_count < len(due) for report in reports.values()) or len(reports) < 3
        for context_id in ("aaa", "zzz"):
            assert await app.server.engine.databases(context_id) == set(), seed
        (report, *_) = await memory.server.retention.sweeps.page(limit=1)
        assert report["state"] == "done"
    assert cut_short
