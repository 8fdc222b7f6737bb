"""Jobs go in, are claimed by one worker at a time, and come to one end."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.core.errors import LeaseLostError
from server.core.scope import parse
from server.jobs.job import Claimed, Job, NewJob, Progress
from server.jobs.queue import JobQueue
from tests.jobs.conftest import LEASE, Bench

KINDS = ["ingest"]

Step = Callable[[JobQueue, Claimed], Awaitable[object]]
STEPS: list[Step] = [
    JobQueue.heartbeat,
    JobQueue.complete,
    JobQueue.release,
    lambda queue, held: queue.progress(held, Progress("late")),
    lambda queue, held: queue.fail(held, "late", permanent=True),
    lambda queue, held: queue.fail(held, "late"),
]


async def claimed(bench: Bench, worker: str = "w1") -> Claimed:
    found = await bench.queue.claim(worker, KINDS)
    assert found is not None
    return found


async def queue_one(bench: Bench, subject: str = "document:1", context_id: str = "acme", *, priority: int = 0) -> Job:
    return await bench.queue.enqueue(context_id, "ingest", subject, priority=priority, max_attempts=4)


class TestEnqueue:
    async def test_a_job_carries_what_it_is_about(self, bench: Bench) -> None:
        scope = parse({"org": "acme"})
        job = await bench.queue.enqueue("acme", "ingest", "document:1", {"deep": [1, {"x": "y"}]}, scope=scope)

        assert await bench.jobs.get(job.id) == job
        assert (job.state, job.attempts, job.scope, job.payload) == ("queued", 0, scope, {"deep": [1, {"x": "y"}]})
        assert job.created_at == bench.clock.now()

    async def test_the_same_work_is_queued_once_until_it_has_ended(self, bench: Bench) -> None:
        first = await queue_one(bench)
        assert (await queue_one(bench)).id == first.id

        held = await claimed(bench)
        assert (await queue_one(bench)).id == first.id

        await bench.queue.complete(held)
        assert (await queue_one(bench)).id != first.id

    async def test_another_context_subject_or_key_is_other_work(self, bench: Bench) -> None:
        jobs = [
            await queue_one(bench),
            await queue_one(bench, context_id="beta"),
            await queue_one(bench, subject="document:2"),
            await bench.queue.enqueue("acme", "reindex", "document:1"),
            await bench.queue.enqueue("acme", "ingest", "document:1", key="document:1 version 2"),
        ]
        assert len({job.id for job in jobs}) == 5

    async def test_of_many_who_queue_the_same_all_get_the_same(self, bench: Bench) -> None:
        jobs = await asyncio.gather(*(queue_one(bench) for _ in range(16)))

        assert len({job.id for job in jobs}) == 1
        assert await bench.jobs.count("acme") == {"jobs": 1}


class TestClaim:
    async def test_nothing_to_do(self, bench: Bench) -> None:
        assert await bench.queue.claim("w1", KINDS) is None

    async def test_only_kinds_that_the_worker_knows(self, bench: Bench) -> None:
        await bench.queue.enqueue("acme", "reindex", "all")
        job = await queue_one(bench)

        assert (await claimed(bench)).job.id == job.id
        assert await bench.queue.claim("w1", KINDS) is None

    async def test_a_claim_says_who_works_and_until_when(self, bench: Bench) -> None:
        await queue_one(bench)
        held = await claimed(bench)
        job = await bench.jobs.get(held.job.id)

        assert (job.state, job.attempts, job.lease_owner) == ("running", 1, "w1")
        assert job.lease_until == held.lease_until == bench.clock.now() + LEASE
        assert job.started_at == bench.clock.now()

    async def test_32_claimers_never_get_the_same_job(self, bench: Bench) -> None:
        queued = await asyncio.gather(*(queue_one(bench, f"document:{number}") for number in range(24)))
        queues = [bench.another_queue() for _ in range(32)]

        taken = await asyncio.gather(*(queue.claim(f"w{number}", KINDS) for number, queue in enumerate(queues)))

        assert sorted(one.job.id for one in taken if one) == sorted(job.id for job in queued)
        assert {job.attempts for job in await bench.jobs.page(limit=100)} == {1}

    async def test_contexts_take_turns(self, bench: Bench) -> None:
        for number in range(6):
            await queue_one(bench, f"document:{number}", "acme")
        for context_id in ("acme-2", "beta", "zeta"):
            await queue_one(bench, context_id=context_id)
            bench.clock.advance(0.001)

        order = [(await claimed(bench)).job.context_id for _ in range(9)]

        assert order[:4] == ["acme", "acme-2", "beta", "zeta"]
        assert order[4:] == ["acme"] * 5

    async def test_who_comes_late_does_not_wait_for_the_backlog(self, bench: Bench) -> None:
        for number in range(20):
            await queue_one(bench, f"document:{number}", "acme")
        await claimed(bench)
        late = await queue_one(bench, context_id="aaa")

        assert late.id in {(await claimed(bench)).job.id for _ in range(2)}

    @pytest.mark.parametrize("engine", ["memory"], indirect=True)
    async def test_ten_thousand_uploads_of_one_context_starve_no_other(self, bench: Bench) -> None:
        flood = [NewJob("acme", "ingest", f"document:{number}").row() for number in range(10_000)]
        for begin in range(0, len(flood), 100):
            rows = [row | {"id": row["subject"], "run_after": bench.clock.now()} for row in flood[begin : begin + 100]]
            await bench.database.write("INSERT INTO job $rows RETURN NONE", {"rows": rows})
        assert (await claimed(bench)).job.context_id == "acme"
        for number in range(20):
            await queue_one(bench, f"document:{number}", context_id="beta")
        order = [(await claimed(bench)).job.context_id for _ in range(42)]
        assert order[:40] == ["beta", "acme"] * 20
        assert set(order[40:]) == {"acme"}

    async def test_a_contexts_urgent_jobs_go_first_then_the_oldest(self, bench: Bench) -> None:
        order = []
        for name, priority in (("c", 0), ("d", 0), ("e", 7), ("b", -1), ("a", -5)):
            order.append((await queue_one(bench, name, priority=priority)).subject)
            bench.clock.advance(1)

        assert [(await claimed(bench)).job.subject for _ in order] == ["a", "b", "c", "d", "e"]


class TestEnds:
    async def test_done(self, bench: Bench) -> None:
        await queue_one(bench)
        job = await bench.queue.complete(await claimed(bench))

        assert (job.state, job.lease_owner, job.lease_until, job.finished_at) == (
            "done",
            None,
            None,
            bench.clock.now(),
        )
        assert await bench.queue.unsettled(KINDS) == []

    async def test_a_failure_waits_longer_each_time_and_is_dead_in_the_end(self, bench: Bench) -> None:
        await queue_one(bench)
        waited = []
        for number in range(1, 4):
            job = await bench.queue.fail(await claimed(bench), f"reason {number}")
            assert (job.state, job.attempts, job.last_error) == ("retrying", number, f"reason {number}")
            waited.append((job.run_after - bench.clock.now()).total_seconds())
            bench.clock.advance(waited[-1] - 0.5)
            assert await bench.queue.claim("w1", KINDS) is None
            bench.clock.advance(1.5)

        job = await bench.queue.fail(await claimed(bench), "the last one")

        assert waited == [2.0, 8.0, 32.0]
        assert (job.state, job.attempts, job.last_error) == ("dead", 4, "the last one")
        assert [ended.id for ended in await bench.queue.unsettled(KINDS)] == [job.id]

    async def test_a_provider_that_names_a_time_is_left_alone_until_then(self, bench: Bench) -> None:
        await queue_one(bench)
        job = await bench.queue.fail(await claimed(bench), "slow down", after=90)

        assert job.run_after == bench.clock.now() + timedelta(seconds=90)

    async def test_what_cannot_be_mended_fails_at_once(self, bench: Bench) -> None:
        await queue_one(bench)
        job = await bench.queue.fail(await claimed(bench), "The file is encrypted.", permanent=True)

        assert (job.state, job.attempts, job.last_error) == ("failed", 1, "The file is encrypted.")

    async def test_an_endless_error_is_cut(self, bench: Bench) -> None:
        await queue_one(bench)
        job = await bench.queue.fail(await claimed(bench), "x" * 1_000_000, permanent=True)

        assert job.last_error == "x" * 2000

    async def test_a_job_that_is_given_back_has_lost_nothing(self, bench: Bench) -> None:
        await queue_one(bench, "first")
        bench.clock.advance(1)
        await queue_one(bench, "second")
        job = await bench.queue.release(await claimed(bench))

        assert (job.state, job.attempts, job.lease_owner) == ("queued", 0, None)
        again = await claimed(bench)
        assert (again.job.subject, again.job.attempts, again.job.claims) == ("first", 1, 2)

    async def test_a_handler_is_told_of_an_end_until_it_says_so(self, bench: Bench) -> None:
        await queue_one(bench)
        await bench.queue.fail(await claimed(bench), "no", permanent=True)
        (ended,) = await bench.queue.unsettled(KINDS)
        assert await bench.queue.unsettled(["other"]) == []

        await bench.queue.settle(ended)
        assert await bench.queue.unsettled(KINDS) == []

    async def test_an_end_that_is_over_again_stays_untold(self, bench: Bench) -> None:
        await queue_one(bench)
        await bench.queue.fail(await claimed(bench), "no", permanent=True)
        (ended,) = await bench.queue.unsettled(KINDS)
        await bench.jobs.retry(ended.id)
        await bench.queue.fail(await claimed(bench), "no again", permanent=True)

        await bench.queue.settle(ended)

        assert [job.last_error for job in await bench.queue.unsettled(KINDS)] == ["no again"]


class TestLeases:
    async def test_a_heartbeat_keeps_a_job(self, bench: Bench) -> None:
        await queue_one(bench)
        held = await claimed(bench)
        for _ in range(5):
            bench.clock.advance(20)
            held = await bench.queue.heartbeat(held)
            assert await bench.queue.claim("w2", KINDS) is None

        assert held.lease_until == bench.clock.now() + LEASE

    async def test_a_heartbeat_alone_is_no_change(self, bench: Bench) -> None:
        await queue_one(bench)
        held = await claimed(bench)
        heard = len(bench.heard)
        await bench.queue.heartbeat(held)

        assert (await bench.jobs.get(held.job.id)).updated_at == held.job.updated_at
        assert len(bench.heard) == heard

    async def test_progress_is_seen_and_keeps_it_too(self, bench: Bench) -> None:
        await queue_one(bench)
        held = await claimed(bench)
        bench.clock.advance(20)
        await bench.queue.progress(held, Progress("embedding", 3, 10))
        bench.clock.advance(20)

        assert await bench.queue.claim("w2", KINDS) is None
        job = await bench.jobs.get(held.job.id)
        assert (job.stage, job.progress_done, job.progress_total) == ("embedding", 3, 10)

    async def test_the_holder_tells_a_job_as_it_is_stored(self, bench: Bench) -> None:
        await queue_one(bench)
        held = await claimed(bench)
        held = await bench.queue.progress(held, Progress("embedding", 3, 10))
        assert held.job == await bench.jobs.get(held.job.id)
        assert await bench.queue.fail(held, "Away.") == await bench.jobs.get(held.job.id)
        bench.clock.advance(600)
        held = await claimed(bench)
        assert await bench.queue.release(held) == await bench.jobs.get(held.job.id)
        held = await claimed(bench)
        assert await bench.queue.complete(held) == await bench.jobs.get(held.job.id)

    async def test_a_job_left_behind_goes_to_another_and_the_attempt_counts(self, bench: Bench) -> None:
        await queue_one(bench)
        await claimed(bench)
        bench.clock.advance(31)
        held = await claimed(bench, "w2")

        assert (held.job.attempts, held.job.lease_owner) == (2, "w2")

    async def test_a_job_left_behind_too_often_is_dead(self, bench: Bench) -> None:
        await bench.queue.enqueue("acme", "ingest", "document:1", max_attempts=2)
        for _ in range(2):
            held = await claimed(bench)
            await bench.queue.progress(held, Progress("chunking"))
            bench.clock.advance(31)

        assert await bench.queue.claim("w1", KINDS) is None
        job = await bench.jobs.get(held.job.id)
        assert job.state == "dead"
        assert job.last_error == (
            "The worker w1 stopped in the middle of attempt 2 of 2, while chunking. Its log says why; retry the job "
            "once that is put right."
        )
        assert [ended.id for ended in await bench.queue.unsettled(KINDS)] == [job.id]

    @pytest.mark.parametrize("step", STEPS)
    async def test_who_lost_a_job_writes_nothing_more(self, bench: Bench, step: Step) -> None:
        await queue_one(bench)
        lost = await claimed(bench)
        bench.clock.advance(31)
        held = await claimed(bench, "w2")
        before = await bench.jobs.get(held.job.id)

        with pytest.raises(LeaseLostError):
            await step(bench.queue, lost)

        assert await bench.jobs.get(held.job.id) == before
        await bench.queue.complete(held)

    async def test_a_claim_from_before_a_release_is_void(self, bench: Bench) -> None:
        await queue_one(bench)
        old = await claimed(bench)
        await bench.queue.release(old)
        held = await claimed(bench)
        assert (old.job.attempts, old.job.lease_owner) == (held.job.attempts, held.job.lease_owner)

        with pytest.raises(LeaseLostError):
            await bench.queue.complete(old)

    async def test_a_process_that_was_alone_takes_everything_back_at_its_start(self, bench: Bench) -> None:
        await queue_one(bench)
        await claimed(bench)
        restarted = bench.another_queue()
        await restarted.expire_leases()

        held = await restarted.claim("w2", KINDS)
        assert held is not None
        assert held.job.attempts == 2
