"""A worker as a process of its own, for tests that kill it.

`python -m tests.jobs.programs PLACE NAMESPACE`; the place is a server's address or a folder. It says `begun SUBJECT`,
`STATE SUBJECT` whenever that changes and `told SUBJECT STATE`, and ends at SIGTERM. A job about `poison` kills it.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from server.core.clock import SystemClock
from server.core.ids import Ids
from server.jobs.changes import Changes
from server.jobs.handler import JobContext
from server.jobs.job import Job
from server.jobs.queue import JobQueue
from server.jobs.worker import Worker
from server.store.binding import Binding
from server.store.embedded import EmbeddedEngine
from server.store.engine import Database, Engine
from server.store.remote import RemoteEngine
from tests.support.database_server import PASSWORD, USERNAME

KIND = "work"
LEASE = timedelta(seconds=1)


def binding(namespace: str) -> Binding:
    return Binding(namespace, "jobqueue")


def engine_at(place: str) -> Engine:
    if place.startswith("ws://"):
        return RemoteEngine(place, username=USERNAME, password=PASSWORD, clock=SystemClock())
    return EmbeddedEngine(Path(place), SystemClock())


def queue_in(database: Database) -> JobQueue:
    return JobQueue(database, SystemClock(), Ids(), Changes(), lease=LEASE)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Work:
    """Leaves a row for each subject, in two steps, either of which may be the last."""

    first_stage = None

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, context: JobContext) -> None:
        subject = context.job.subject
        say(f"begun {subject}")
        if subject == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        context.progress("first", 0, 2)
        await self._database.write("UPSERT type::record('effect', $s) SET first = true", {"s": subject})
        context.progress("second", 1, 2)
        await self._database.write("UPSERT type::record('effect', $s) SET second = true", {"s": subject})

    async def ended(self, job: Job) -> None:
        say(f"told {job.subject} {job.state}")


async def main(place: str, namespace: str) -> None:
    leave = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave.set)
    async with engine_at(place) as engine:
        database = Database(engine, binding(namespace))
        queue = queue_in(database)
        queue.changes.listen(lambda job: say(f"{job.state} {job.subject}"))
        if engine.kind == "embedded":
            await queue.expire_leases()
        worker = Worker(
            queue,
            {KIND: Work(database)},
            SystemClock(),
            name=f"process-{os.getpid()}",
            concurrency=3,
            poll_seconds=0.05,
        )
        worker.start()
        say("working")
        await leave.wait()
        await worker.stop()
    await asyncio.sleep(0.5)  # the embedded engine needs this between closing and the interpreter's end


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
