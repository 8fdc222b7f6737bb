"""Jobs looked up, cancelled, retried and forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from server.core.errors import ConflictError, LeaseLostError, NotFoundError
from server.jobs.job import Job
from tests.jobs.conftest import Bench

KINDS = ["ingest"]


async def queued(bench: Bench, subject: str = "document:1", context_id: str = "acme") -> Job:
    bench.clock.advance(0.001)
    return await bench.queue.enqueue(context_id, "ingest", subject)


async def failed(bench: Bench, subject: str = "document:1") -> Job:
    await queued(bench, subject)
    held = await bench.queue.claim("w1", KINDS)
    assert held is not None
    return await bench.queue.fail(held, "no", permanent=True)


async def test_an_unknown_job(bench: Bench) -> None:
    for call in (bench.jobs.get, bench.jobs.cancel, bench.jobs.retry):
        with pytest.raises(NotFoundError, match="nowhere"):
            await call("nowhere")


class TestPages:
    async def test_newest_first_page_by_page(self, bench: Bench) -> None:
        made = [(await queued(bench, f"document:{number}")).id for number in range(7)]
        seen: list[str] = []
        while page := await bench.jobs.page(limit=3, cursor=seen[-1] if seen else None):
            seen += [job.id for job in page]

        assert seen == made[::-1]

    async def test_filters_hold_together(self, bench: Bench) -> None:
        other = await queued(bench, context_id="beta")
        broken = await failed(bench, "document:2")
        waiting = await queued(bench, "document:3")
        await bench.jobs.cancel(other.id)

        async def ids(**wanted: str) -> list[str]:
            return [job.id for job in await bench.jobs.page(limit=10, **wanted)]  # type: ignore[arg-type]  # any filter

        assert await ids(context_id="acme") == [waiting.id, broken.id]
        assert await ids(state="cancelled") == [other.id]
        assert await ids(context_id="acme", state="failed") == [broken.id]
        assert await ids(context_id="beta", state="failed") == []
        assert await ids(context_id="acme", cursor=waiting.id) == [broken.id]

    async def test_about_a_subject(self, bench: Bench) -> None:
        first = await failed(bench)
        await queued(bench, "document:2")
        second = await queued(bench)

        assert [job.id for job in await bench.jobs.about("acme", "document:1")] == [second.id, first.id]

    async def test_changes_of_one_second_are_told_in_their_order_and_none_is_passed_over(self, bench: Bench) -> None:
        parts = (0, 1, 500, 100_000_000, 123_000_000, 123_000_001, 123_456_000, 123_456_789, 500_000_000, 999_999_999)
        second, made = datetime(2025, 12, 31, tzinfo=UTC), []
        for number, part in enumerate(parts):
            job = await queued(bench, f"document:{-number}")
            await bench.database.write(
                "UPDATE type::record('job', $id) SET updated_at = <datetime>$moment RETURN NONE",
                {"id": job.id, "moment": f"{second:%Y-%m-%dT%H:%M:%S}.{part:09}Z"},
            )
            made.append(job.id)
        for size in (1, 2, 3, 100):
            told: list[str] = []
            moment = second - timedelta(seconds=1)
            while len(told) < len(made):
                found = await bench.jobs.changed_since(moment, limit=size)
                told += [job.id for job in found if job.updated_at.year == second.year]
                moment = found[-1].updated_at
            assert told == made, size


class TestCancel:
    async def test_a_queued_job_is_never_begun(self, bench: Bench) -> None:
        job = await queued(bench)
        assert (await bench.jobs.cancel(job.id)).state == "cancelled"

        assert await bench.queue.claim("w1", KINDS) is None
        assert [ended.id for ended in await bench.queue.unsettled(KINDS)] == [job.id]

    async def test_a_running_job_is_taken_from_its_worker(self, bench: Bench) -> None:
        await queued(bench)
        held = await bench.queue.claim("w1", KINDS)
        assert held is not None
        await bench.jobs.cancel(held.job.id)

        with pytest.raises(LeaseLostError):
            await bench.queue.complete(held)

    async def test_a_job_that_waits_for_its_next_attempt_has_none(self, bench: Bench) -> None:
        await queued(bench)
        held = await bench.queue.claim("w1", KINDS)
        assert held is not None
        await bench.queue.fail(held, "no")
        await bench.jobs.cancel(held.job.id)
        bench.clock.advance(3600)

        assert await bench.queue.claim("w1", KINDS) is None

    async def test_a_finished_job_stays_as_it_is(self, bench: Bench) -> None:
        job = await failed(bench)
        with pytest.raises(ConflictError, match="failed already"):
            await bench.jobs.cancel(job.id)


class TestRetry:
    async def test_all_attempts_are_there_again(self, bench: Bench) -> None:
        job = await failed(bench)
        again = await bench.jobs.retry(job.id)

        assert (again.state, again.attempts, again.finished_at) == ("queued", 0, None)
        assert await bench.queue.unsettled(KINDS) == []
        held = await bench.queue.claim("w1", KINDS)
        assert held is not None
        assert (held.job.id, held.job.attempts) == (job.id, 1)

    async def test_an_unfinished_or_successful_job_cannot_be_retried(self, bench: Bench) -> None:
        job = await queued(bench)
        with pytest.raises(ConflictError, match="queued"):
            await bench.jobs.retry(job.id)
        held = await bench.queue.claim("w1", KINDS)
        assert held is not None
        await bench.queue.complete(held)
        with pytest.raises(ConflictError, match="done"):
            await bench.jobs.retry(job.id)

    async def test_what_another_job_does_already_is_not_done_twice(self, bench: Bench) -> None:
        job = await failed(bench)
        await queued(bench)
        with pytest.raises(ConflictError, match="Another job"):
            await bench.jobs.retry(job.id)

    async def test_a_retried_job_stands_for_its_work_again(self, bench: Bench) -> None:
        job = await failed(bench)
        await bench.jobs.retry(job.id)

        assert (await queued(bench)).id == job.id


class TestForgetting:
    async def test_a_job_of_the_same_second_is_kept_until_its_time(self, bench: Bench) -> None:
        await failed(bench)
        bench.clock.advance(0.5)
        ended = bench.clock.now()
        await failed(bench, "document:2")
        assert await bench.jobs.prune(ended.replace(microsecond=0), limit=9) == 0
        assert await bench.jobs.prune(ended, limit=9) == 1

    async def test_only_what_ended_before(self, bench: Bench) -> None:
        for number in range(5):
            await failed(bench, f"old:{number}")
        bench.clock.advance(3600)
        recent = await failed(bench, "recent")
        unfinished = await queued(bench, "unfinished")
        before = bench.clock.now() - timedelta(minutes=30)

        assert [await bench.jobs.prune(before, limit=3) for _ in range(3)] == [3, 2, 0]
        assert {job.id for job in await bench.jobs.page(limit=10)} == {recent.id, unfinished.id}

    async def test_a_contexts_jobs_go_with_it(self, bench: Bench) -> None:
        for number in range(3):
            await queued(bench, f"document:{number}")
        other = await queued(bench, context_id="beta")
        assert await bench.jobs.count("acme") == {"jobs": 3}

        await bench.jobs.remove("acme")
        await bench.jobs.remove("acme")

        assert await bench.jobs.count("acme") == {"jobs": 0}
        assert [job.id for job in await bench.jobs.page(limit=10)] == [other.id]
