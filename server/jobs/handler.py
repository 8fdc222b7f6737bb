"""What does the work: the handler of a kind of job, and the job as it sees it."""

import asyncio
from typing import Protocol

import structlog

from server.core.clock import Clock
from server.core.errors import LeaseLostError, SpectronError
from server.core.waiting import happened
from server.jobs.job import Claimed, Job, Progress
from server.jobs.queue import JobQueue

BEATS_A_LEASE = 3
PAUSE_SECONDS = 0.25

log = structlog.get_logger(__name__)


class JobContext:
    """A claimed job for as long as its handler runs."""

    def __init__(self, queue: JobQueue, claimed: Claimed, clock: Clock) -> None:
        self._queue = queue
        self._claimed = claimed
        self._clock = clock
        self._noted = self._written = Progress(claimed.job.stage) if claimed.job.stage else None
        self._due = asyncio.Event()
        self._writing = asyncio.Lock()

    @property
    def job(self) -> Job:
        return self._claimed.job

    def progress(self, stage: str, done: int | None = None, total: int | None = None) -> None:
        """Say how far the job has come.

        A new stage is told at once in this process. It is written with what follows it within a moment, and then it is
        found out too whether the job is still held: what is over that soon costs the database nothing.
        """
        before, self._noted = self._noted, Progress(stage, done, total)
        if before is None or before.stage != stage:
            self._queue.show(self._claimed, self._noted)
        if self._noted != self._written:
            self._due.set()

    def check(self) -> None:
        """Have it found out soon whether the job is still held."""
        self._due.set()

    async def write(self) -> None:
        """Write what has not been written, and renew the lease."""
        async with self._writing:
            self._due.clear()
            noted = self._noted
            if noted is None or noted == self._written:
                self._claimed = await self._queue.heartbeat(self._claimed)
            else:
                self._claimed = await self._queue.progress(self._claimed, noted)
                self._written = noted

    async def complete(self) -> Job:
        """Write that the job is done, with what it last said."""
        async with self._writing:
            return await self._queue.complete(self._claimed, self._noted)

    async def fail(self, reason: str, *, permanent: bool, after: float) -> Job:
        async with self._writing:
            return await self._queue.fail(self._claimed, reason, self._noted, permanent=permanent, after=after)

    async def release(self) -> Job:
        return await self._queue.release(self._claimed)

    async def keep(self) -> None:
        """Renew the lease until it is lost; the database may be away for as long as it lasts."""
        while True:
            if await happened(self._due, self._clock, self._queue.lease.total_seconds() / BEATS_A_LEASE):
                await self._clock.sleep(PAUSE_SECONDS)
            try:
                await self.write()
            except LeaseLostError:
                return
            except SpectronError as error:
                log.warning("job.heartbeat_failed", job=self.job.id, reason=error.detail)
                if self._clock.now() >= self._claimed.lease_until:
                    return


class Handler(Protocol):
    """Does one kind of job; what it does must bear being done again, for any attempt can be cut short at any point."""

    @property
    def first_stage(self) -> str | None:
        """What a job is at as soon as it is claimed."""
        ...

    async def run(self, context: JobContext) -> None:
        """Do the work; `JobFailedError` says that trying again would not help, any other error that it may."""
        ...

    async def ended(self, job: Job) -> None:
        """Told when a job has ended without success: failed, dead or cancelled. May be told more than once."""
        ...
