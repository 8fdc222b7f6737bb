"""Workers that are killed at any point, alone on an embedded store and several on a server."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from server.core.clock import SystemClock
from server.jobs.changes import Changes
from server.jobs.job import Job
from server.jobs.register import Jobs
from server.store.engine import Database
from server.store.migrations import Migrator, load
from tests.jobs.programs import KIND, binding, engine_at, queue_in
from tests.support.database_server import DatabaseServer
from tests.support.processes import Process

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "3"))
JOBS = 12
PATIENCE = 90


@asynccontextmanager
async def opened(place: str, namespace: str) -> AsyncIterator[Database]:
    async with engine_at(place) as engine:
        await engine.create_database(binding(namespace))
        await Migrator(engine, SystemClock()).apply(binding(namespace), load("jobqueue"))
        yield Database(engine, binding(namespace))


async def all_jobs(database: Database) -> list[Job]:
    return await Jobs(database, SystemClock(), Changes()).page(limit=1000)


async def finished(database: Database) -> list[Job]:
    async with asyncio.timeout(PATIENCE):
        while await unfinished(database):  # noqa: ASYNC110  # other processes tell this one nothing
            await asyncio.sleep(0.05)
    return await all_jobs(database)


async def unfinished(database: Database) -> int:
    return sum(not job.finished for job in await all_jobs(database))


async def queue_jobs(database: Database, *subjects: str, max_attempts: int = 10) -> None:
    queue = queue_in(database)
    for subject in subjects:
        await queue.enqueue("acme", KIND, subject, max_attempts=max_attempts)


async def check_all_done(database: Database, jobs: list[Job]) -> None:
    assert {job.state for job in jobs} == {"done"}
    assert all(1 <= job.attempts <= 3 for job in jobs), [(job.subject, job.attempts) for job in jobs]
    effects = await database.rows("SELECT record::id(id) AS subject, first, second FROM effect")
    assert {row["subject"] for row in effects if row["first"] and row["second"]} == {job.subject for job in jobs}


async def first_to_say(word: str, *processes: Process) -> Process:
    async with asyncio.timeout(PATIENCE):
        while not (found := [process for process in processes if word in process.output]):  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.005)
    return found[0]


def times(word: str, count: int) -> str:
    return f"(?s)(?:{word}(?:(?!{word}).)*){{{count}}}"


def worker(place: str, namespace: str, log: Path) -> Process:
    return Process.python("tests.jobs.programs", place, namespace, log=log)


async def test_of_several_workers_one_is_killed(database_server: DatabaseServer, tmp_path: Path) -> None:
    for number in range(ROUNDS):
        namespace = f"{tmp_path.name.replace('_', '-')[:40]}-{number}"
        async with opened(database_server.url, namespace) as database:
            await queue_jobs(database, *(f"subject-{n}" for n in range(JOBS)))
            with (
                worker(database_server.url, namespace, tmp_path / f"{number}-one.log") as one,
                worker(database_server.url, namespace, tmp_path / f"{number}-two.log") as two,
            ):
                victim = await first_to_say("done" if number % 2 else "begun", one, two)
                victim.kill()
                jobs = await finished(database)
                (two if victim is one else one).stop()
            await check_all_done(database, jobs)


async def test_a_killed_process_goes_on_when_it_is_started_again(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        store, namespace = str(tmp_path / f"store-{number}"), "test"
        async with opened(store, namespace) as database:
            await queue_jobs(database, *(f"subject-{n}" for n in range(JOBS)))
        with worker(store, namespace, tmp_path / f"{number}-killed.log") as victim:
            victim.wait_for(times("done", number % 5) if number % 5 else "begun")
            victim.kill()
        async with opened(store, namespace) as database:
            left = await unfinished(database)
        with worker(store, namespace, tmp_path / f"{number}-next.log") as successor:
            successor.wait_for(times("done", left))
            assert successor.stop() == 0
        async with opened(store, namespace) as database:
            await check_all_done(database, await all_jobs(database))


async def test_a_job_that_kills_its_worker_is_dead_for_that_reason(
    database_server: DatabaseServer, tmp_path: Path
) -> None:
    namespace = tmp_path.name.replace("_", "-")[:50]
    async with opened(database_server.url, namespace) as database:
        await queue_jobs(database, "poison", max_attempts=2)
        await queue_jobs(database, "harmless")
        for number in range(2):
            with worker(database_server.url, namespace, tmp_path / f"{number}.log") as process:
                process.wait_for("begun poison")
                assert process.wait() == -9
        with worker(database_server.url, namespace, tmp_path / "last.log") as process:
            process.wait_for("told poison dead")
            jobs = {job.subject: job for job in await finished(database)}
            assert process.stop() == 0

    assert (jobs["poison"].state, jobs["poison"].attempts) == ("dead", 2)
    assert "stopped in the middle of attempt 2 of 2" in str(jobs["poison"].last_error)
    assert jobs["harmless"].state == "done"


async def test_a_clean_stop_gives_everything_back(database_server: DatabaseServer, tmp_path: Path) -> None:
    namespace = tmp_path.name.replace("_", "-")[:50]
    async with opened(database_server.url, namespace) as database:
        await queue_jobs(database, *(f"subject-{n}" for n in range(200)))
        with worker(database_server.url, namespace, tmp_path / "worker.log") as process:
            process.wait_for("done")
            assert process.stop() == 0
        jobs = await all_jobs(database)

    assert {job.state for job in jobs} <= {"done", "queued"}
    assert {job.attempts for job in jobs if job.state == "queued"} == {0}
