"""What a sweep tidies besides memories: each kind, its border, and its place in the answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from server.control.audit import SYSTEM
from server.core.errors import FencedError
from server.retention.chores import BATCH, OldRows, expired_answers, old_traces
from server.retention.lease import SPAN
from server.retention.tenure import Tenure
from server.store.engine import Database
from tests.retention.conftest import Memory
from tests.retention.world import NOW
from tests.support.app import CONTEXT

EXPIRE = "/api/v1/lifecycle/expire"
TRACE = (
    "CREATE decision_trace SET kind = 'query', query = 'q', principal = 'agent', duration_ms = 1f, "
    "scope = <set>[], created_at = $at"
)
ANSWER = (
    "CREATE type::record('idempotency', rand::string(12)) SET fingerprint = 'f', seed = 's', taken_at = $at, "
    "held_until = $at, expires_at = $at RETURN NONE"
)
DAY = timedelta(days=1)
PATIENCE = 500


async def swept(memory: Memory) -> tuple[dict[str, int], dict[str, int]]:
    """What the server's own chores came to, and those of the Context."""
    answer = await memory.app.http.post(EXPIRE)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    (context,) = document["contexts"]
    assert context["error"] is None
    assert document["deleted_count"] == 0
    return document["chores"], context["chores"]


async def rows(database: Database, table: str) -> int:
    return len(await database.rows(f"SELECT id FROM {table}"))


async def test_each_chore_is_named_in_the_answer(memory: Memory) -> None:
    server, own = await swept(memory)
    assert server == {"idempotency": 0, "sweeps": 0, "jobs": 0}
    assert own == {"idempotency": 0, "traces": 0, "originals": 0, "answers": 0}


@pytest.mark.parametrize(("name", "kept"), [("traces", 90 * DAY), ("idempotency", timedelta(0))])
async def test_rows_go_as_soon_as_they_are_too_old(memory: Memory, name: str, kept: timedelta) -> None:
    text = {"traces": TRACE, "idempotency": ANSWER}[name]
    for age in (kept - timedelta(seconds=2), kept + timedelta(seconds=2), kept + 400 * DAY):
        await memory.database.write(text, {"at": NOW - age})
    assert (await swept(memory))[1][name] == 2
    memory.clock.advance(3)
    assert (await swept(memory))[1][name] == 1
    assert (await swept(memory))[1][name] == 0


@pytest.mark.parametrize("count", [BATCH - 1, BATCH, 2 * BATCH + 1])
async def test_many_rows_go_in_batches(memory: Memory, count: int) -> None:
    await memory.database.write(f"FOR $number IN 0..{count} {{ {TRACE} RETURN NONE }}", {"at": NOW - 91 * DAY})
    assert await old_traces(memory.clock, 90 * DAY).tidy(CONTEXT, memory.database) == count
    assert await rows(memory.database, "decision_trace") == 0


async def test_kept_answers_of_the_control_plane_go_too(memory: Memory) -> None:
    metadata = memory.server.control.metadata
    for at in (NOW - timedelta(seconds=2), NOW + DAY):
        await metadata.write(ANSWER, {"at": at})
    assert (await swept(memory))[0]["idempotency"] == 1
    assert await rows(metadata, "idempotency") == 1


async def test_what_is_not_over_stays(memory: Memory) -> None:
    await memory.database.write(ANSWER, {"at": NOW + timedelta(seconds=5)})
    assert await expired_answers(memory.clock).tidy(CONTEXT, memory.database) == 0
    assert await rows(memory.database, "idempotency") == 1


async def test_jobs_that_ended_long_ago_are_forgotten(memory: Memory) -> None:
    queue, jobs = memory.server.queue, memory.server.jobs
    ended = {}
    for subject in ("cancelled", "dead", "done"):
        await queue.enqueue(CONTEXT, "ingest", subject)
        held = await queue.claim("worker", ["ingest"])
        assert held
        if subject == "cancelled":
            ended[subject] = (await jobs.cancel(held.job.id)).state
        elif subject == "dead":
            ended[subject] = (await queue.fail(held, "broken", permanent=True)).state
        else:
            ended[subject] = (await queue.complete(held)).state
    waiting = await queue.enqueue(CONTEXT, "ingest", "waiting")
    memory.clock.advance((7 * DAY).total_seconds() - 2)
    assert (await swept(memory))[0]["jobs"] == 0
    memory.clock.advance(4)
    assert (await swept(memory))[0]["jobs"] == len(ended) == 3
    assert [job.id for job in await jobs.page(limit=10)] == [waiting.id]


async def test_an_original_without_a_document_goes(memory: Memory) -> None:
    objects = memory.server.documents.library.objects

    async def chunks() -> AsyncIterator[bytes]:
        yield b"left behind"

    await objects.put(f"{CONTEXT}/orphan", chunks())
    sent = await memory.app.http.post(f"/api/v1/{CONTEXT}/documents", files={"file": ("a.txt", b"kept")})
    assert sent.status_code == 202, sent.text
    assert (await swept(memory))[1]["originals"] == 1
    assert (await swept(memory))[1]["originals"] == 0
    left = [stored.key async for stored in objects.list(f"{CONTEXT}/")]
    assert len(left) == 1
    assert left != [f"{CONTEXT}/orphan"]


async def test_recalled_answers_go_when_their_time_is_over(memory: Memory) -> None:
    await memory.app.http.post(f"/api/v1/{CONTEXT}/facts", json={"text": "The red bicycle is broken.", "scope": {}})
    question = {"query": "broken bicycle", "scope": {}}
    tiers = [(await memory.app.http.post(f"/api/v1/{CONTEXT}/query", json=question)).json()["tier"] for _ in range(2)]
    assert tiers == ["hybrid", "cache"]
    assert (await swept(memory))[1]["answers"] == 0
    memory.clock.advance(3600)
    assert (await swept(memory))[1]["answers"] == 1
    assert (await swept(memory))[1]["answers"] == 0


async def test_reports_of_sweeps_are_kept_for_as_long_as_traces(memory: Memory) -> None:
    await swept(memory)
    memory.clock.advance((91 * DAY).total_seconds())
    assert (await swept(memory))[0]["sweeps"] == 1


async def test_a_chore_goes_by_the_clock_of_the_server(memory: Memory) -> None:
    database = memory.database
    await database.write(TRACE, {"at": datetime.fromisoformat("9000-01-01T00:00:00Z")})
    assert await OldRows("traces", "decision_trace", "created_at", DAY, memory.clock).tidy(CONTEXT, database) == 0


async def test_the_lease_is_kept_while_a_chore_takes_its_time(memory: Memory) -> None:
    retention = memory.server.retention
    sweep = retention.sweeps.begin()
    tenure = await Tenure.begin(sweep, retention.lease, retention.sweeps, memory.clock, save_seconds=0.01)

    async def long() -> int:
        for _ in range(3):
            memory.clock.advance(SPAN.total_seconds() - 1)
            for _ in range(PATIENCE):
                await asyncio.sleep(0.01)
                if await lapses(memory) > memory.clock.now() + SPAN / 2:
                    break
        return 5

    assert await tenure.during(long()) == 5
    assert await retention.lease.holder() == sweep.id
    await tenure.end(SYSTEM)


async def test_a_chore_stops_when_the_lease_is_lost(memory: Memory) -> None:
    retention, stopped = memory.server.retention, asyncio.Event()
    sweep = retention.sweeps.begin()
    tenure = await Tenure.begin(sweep, retention.lease, retention.sweeps, memory.clock, save_seconds=0.01)
    memory.clock.advance(2 * SPAN.total_seconds())
    assert await retention.lease.acquire("another")

    async def endless() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return 0

    with pytest.raises(FencedError):
        await tenure.during(endless())
    await stopped.wait()


async def lapses(memory: Memory) -> datetime:
    row = await memory.server.control.metadata.row("SELECT expires_at FROM lease:sweep")
    assert row
    moment: datetime = row["expires_at"]
    return moment
