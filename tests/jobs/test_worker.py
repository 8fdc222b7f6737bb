"""A worker does what is queued, and goes on whatever its handlers do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog

from server.core.errors import JobFailedError, UnavailableError
from server.jobs.changes import Changes
from server.jobs.handler import JobContext
from server.jobs.job import Job
from server.jobs.register import Jobs
from server.jobs.worker import Worker
from tests.jobs.conftest import PATIENCE, Bench

Work = Callable[[JobContext], Coroutine[Any, Any, None]]

pytestmark = pytest.mark.parametrize("engine", ["memory"], indirect=True)


class Scripted:
    """A handler that does what the test says, and remembers what it was asked to do."""

    first_stage: str | None = None

    def __init__(self, *script: Work) -> None:
        self._script = list(script)
        self.begun: list[Job] = []
        self.cancelled = asyncio.Event()
        self.over = asyncio.Event()
        self.told: list[Job] = []
        self.hearing = asyncio.Event()
        self.deaf_for = 0

    async def run(self, context: JobContext) -> None:
        self.begun.append(context.job)
        work = self._script[min(len(self.begun), len(self._script)) - 1]
        try:
            await work(context)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        finally:
            self.over.set()

    async def ended(self, job: Job) -> None:
        if self.deaf_for:
            self.deaf_for -= 1
            raise UnavailableError("The database is away.")
        self.told.append(job)
        self.hearing.set()


async def succeed(_: JobContext) -> None:
    return None


async def hang(_: JobContext) -> None:
    await asyncio.Event().wait()


async def refuse(_: JobContext) -> None:
    raise JobFailedError("The file is encrypted; upload it without a password.")


async def be_away(_: JobContext) -> None:
    raise UnavailableError("The object store is away.", retry_after=90)


async def break_down(_: JobContext) -> None:
    raise KeyError("chunk")


@asynccontextmanager
async def working(bench: Bench, handler: Scripted, *, concurrency: int = 1) -> AsyncIterator[Worker]:
    worker = Worker(
        bench.queue, {"ingest": handler}, bench.clock, name="w1", concurrency=concurrency, timeout_seconds=600
    )
    worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def queued(bench: Bench, subject: str = "document:1", **more: int) -> Job:
    return await bench.queue.enqueue("acme", "ingest", subject, max_attempts=more.get("max_attempts", 5))


async def happens(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await event.wait()


class TestOutcomes:
    async def test_what_was_queued_before_is_done(self, bench: Bench) -> None:
        job = await queued(bench)
        async with working(bench, Scripted(succeed)) as worker:
            (done,) = await bench.until("done")

        assert (done.id, done.attempts) == (job.id, 1)
        assert worker.gauges() == {"running": 0, "completed": 1, "failed": 0, "released": 0, "lost": 0}

    async def test_what_is_queued_now_is_begun_without_waiting_for_the_next_poll(self, bench: Bench) -> None:
        async with working(bench, Scripted(succeed)):
            for number in range(3):
                await queued(bench, f"document:{number}")
                await bench.until("done", times=number + 1)

        assert bench.clock.monotonic() < 1

    async def test_a_failure_is_tried_again_when_it_is_due(self, bench: Bench) -> None:
        handler = Scripted(be_away, succeed)
        async with working(bench, handler):
            job = await queued(bench)
            (retrying,) = await bench.until("retrying")
            assert retrying.last_error == "The object store is away."
            assert (retrying.run_after - bench.clock.now()).total_seconds() == 90
            bench.clock.advance(91)
            (done,) = await bench.until("done")

        assert (done.id, done.attempts, done.last_error) == (job.id, 2, None)
        assert handler.told == []

    async def test_what_is_hopeless_fails_at_once_and_the_handler_is_told(self, bench: Bench) -> None:
        handler = Scripted(refuse)
        async with working(bench, handler):
            await queued(bench)
            (failed,) = await bench.until("failed")
            await happens(handler.hearing)

        assert failed.last_error == "The file is encrypted; upload it without a password."
        assert [job.id for job in handler.told] == [failed.id]

    async def test_a_broken_handler_costs_an_attempt_and_leaves_its_trace(self, bench: Bench) -> None:
        with structlog.testing.capture_logs() as logs:
            async with working(bench, Scripted(break_down, succeed)):
                await queued(bench)
                (retrying,) = await bench.until("retrying")
                await queued(bench, "document:2")
                await bench.until("done")

        assert retrying.last_error == "Something unexpected happened: KeyError: 'chunk'"
        (entry,) = [entry for entry in logs if entry["event"] == "job.broken"]
        assert isinstance(entry["exc_info"], KeyError)

    async def test_a_handler_that_takes_too_long_is_stopped(self, bench: Bench) -> None:
        handler = Scripted(hang)
        async with working(bench, handler):
            await queued(bench)
            await bench.until("running")
            for _ in range(70):
                bench.clock.advance(9)
                await bench.queue.unsettled([])
            (retrying,) = await bench.until("retrying")

        assert handler.cancelled.is_set()
        assert retrying.last_error == "The job took longer than 600 s and was stopped."
        assert retrying.attempts == 1

    async def test_a_handler_that_cancels_itself_has_failed(self, bench: Bench) -> None:
        async def cancel(_: JobContext) -> None:
            raise asyncio.CancelledError

        async with working(bench, Scripted(cancel)):
            await queued(bench)
            (retrying,) = await bench.until("retrying")

        assert "CancelledError" in str(retrying.last_error)

    async def test_a_handler_that_cannot_be_told_now_is_told_later(self, bench: Bench) -> None:
        handler = Scripted(refuse)
        handler.deaf_for = 2
        async with working(bench, handler):
            await queued(bench)
            await bench.until("failed")
            while not handler.told:
                bench.clock.advance(1)
                await bench.queue.unsettled([])

        assert await bench.queue.unsettled(["ingest"]) == []

    async def test_the_job_of_a_worker_that_died_too_often_is_told_of_as_well(self, bench: Bench) -> None:
        job = await queued(bench, max_attempts=1)
        await bench.queue.claim("killed", ["ingest"])
        bench.clock.advance(31)
        handler = Scripted(succeed)
        async with working(bench, handler):
            await happens(handler.hearing)

        assert [(told.id, told.state) for told in handler.told] == [(job.id, "dead")]
        assert handler.begun == []


class TestConcurrency:
    async def test_as_many_at_once_as_allowed(self, bench: Bench) -> None:
        together = asyncio.Barrier(3)

        async def meet(_: JobContext) -> None:
            await together.wait()

        async with working(bench, Scripted(meet), concurrency=3):
            for number in range(6):
                await queued(bench, f"document:{number}")
            done = await bench.until("done", times=6)

        assert {job.attempts for job in done} == {1}

    async def test_without_handlers_nothing_is_claimed(self, bench: Bench) -> None:
        job = await queued(bench)
        worker = Worker(bench.queue, {}, bench.clock, name="w1")
        worker.start()
        await worker.stop()

        assert (await bench.jobs.get(job.id)).state == "queued"


class TestLeases:
    async def test_a_long_job_keeps_its_lease(self, bench: Bench) -> None:
        finish = asyncio.Event()

        async def wait(_: JobContext) -> None:
            await finish.wait()

        async with working(bench, Scripted(wait)):
            await queued(bench)
            (running,) = await bench.until("running")
            for _ in range(12):
                before = (await bench.jobs.get(running.id)).lease_until
                bench.clock.advance(10)
                while (await bench.jobs.get(running.id)).lease_until == before:
                    pass
            finish.set()
            (done,) = await bench.until("done")

        assert done.attempts == 1

    async def test_a_cancelled_job_is_stopped_soon(self, bench: Bench) -> None:
        handler = Scripted(hang)
        async with working(bench, handler) as worker:
            job = await queued(bench)
            await bench.until("running")
            await bench.jobs.cancel(job.id)
            await happens(handler.cancelled)
            await happens(handler.hearing)

        assert (await bench.jobs.get(job.id)).state == "cancelled"
        assert worker.gauges()["lost"] == 1
        assert [told.state for told in handler.told] == ["cancelled"]

    async def test_a_job_cancelled_by_another_process_is_stopped_at_the_next_heartbeat(self, bench: Bench) -> None:
        handler = Scripted(hang)
        elsewhere = Jobs(bench.database, bench.clock, Changes())
        async with working(bench, handler):
            job = await queued(bench)
            await bench.until("running")
            await elsewhere.cancel(job.id)
            bench.clock.advance(10)
            await happens(handler.cancelled)

    async def test_who_reports_progress_on_a_lost_job_is_stopped_soon(self, bench: Bench) -> None:
        go_on = asyncio.Event()

        async def report(context: JobContext) -> None:
            context.progress("extracting")
            await go_on.wait()
            context.progress("chunking")
            await hang(context)

        elsewhere = Jobs(bench.database, bench.clock, Changes())
        handler = Scripted(report)
        async with working(bench, handler) as worker:
            job = await queued(bench)
            await bench.until("running", stage="extracting")
            await elsewhere.cancel(job.id)
            go_on.set()
            await happens(handler.cancelled)

        assert worker.gauges()["lost"] == 1


class TestProgress:
    async def test_stages_are_told_at_once_written_soon_and_with_the_end(self, bench: Bench) -> None:
        told = asyncio.Event()
        finish = asyncio.Event()

        async def report(context: JobContext) -> None:
            before = (await bench.jobs.get(context.job.id)).stage
            context.progress("embedding", 0, 100)
            assert (before, bench.heard[-1].stage) == (None, "embedding")
            for done in range(1, 51):
                context.progress("embedding", done, 100)
            told.set()
            await finish.wait()
            context.progress("embedding", 100, 100)

        async with working(bench, Scripted(report)):
            job = await queued(bench)
            await happens(told)
            await bench.until("running", stage="embedding", times=2)
            seen = await bench.jobs.get(job.id)
            assert (seen.progress_done, seen.progress_total) == (50, 100)
            finish.set()
            (done,) = await bench.until("done")

        assert (done.stage, done.progress_done) == ("embedding", 100)
        assert await bench.jobs.get(job.id) == done

    async def test_a_job_is_claimed_into_the_first_stage_and_what_follows_quickly_is_only_told(
        self, bench: Bench
    ) -> None:
        async def report(context: JobContext) -> None:
            context.progress("extracting")
            context.progress("chunking")
            context.progress("embedding", 0, 2)

        handler = Scripted(report)
        handler.first_stage = "extracting"
        async with working(bench, handler):
            await queued(bench)
            (done,) = await bench.until("done")

        running = [one for one in bench.heard if one.state == "running"]
        assert [one.stage for one in running] == ["extracting", "chunking", "embedding"]
        assert len({one.updated_at for one in running}) == 1
        assert (done.stage, done.progress_total) == ("embedding", 2)

    async def test_what_failed_says_how_far_it_had_come(self, bench: Bench) -> None:
        async def fail(context: JobContext) -> None:
            context.progress("chunking")
            raise JobFailedError("There is nothing in it.")

        async with working(bench, Scripted(fail)):
            await queued(bench)
            (failed,) = await bench.until("failed")

        assert failed.stage == "chunking"

    async def test_nothing_is_told_of_a_job_after_its_end(self, bench: Bench) -> None:
        go_on = asyncio.Event()

        async def report(context: JobContext) -> None:
            await go_on.wait()
            context.progress("chunking")
            await hang(context)

        async with working(bench, Scripted(report)):
            job = await queued(bench)
            await bench.until("running")
            await bench.jobs.cancel(job.id)
            go_on.set()

        assert [one.state for one in bench.heard][-1] == "cancelled"


class TestStop:
    async def test_what_is_unfinished_is_given_back(self, bench: Bench) -> None:
        handler = Scripted(hang)
        async with working(bench, handler) as worker:
            job = await queued(bench)
            await bench.until("running")

        given_back = await bench.jobs.get(job.id)
        assert (given_back.state, given_back.attempts, given_back.lease_owner) == ("queued", 0, None)
        assert handler.cancelled.is_set()
        assert worker.gauges()["released"] == 1

    async def test_a_handler_that_finishes_its_work_when_told_to_stop_has_done_it(self, bench: Bench) -> None:
        async def finish_anyway(_: JobContext) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return

        async with working(bench, Scripted(finish_anyway)):
            job = await queued(bench)
            await bench.until("running")

        assert (await bench.jobs.get(job.id)).state == "done"

    async def test_an_idle_worker_stops_at_once(self, bench: Bench) -> None:
        async with asyncio.timeout(PATIENCE), working(bench, Scripted(succeed), concurrency=4):
            pass
