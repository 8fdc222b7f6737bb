"""Making the search index of a Context anew, as a job of the queue."""

import asyncio

from server.control.audit import AuditLog, Origin
from server.control.contexts import Contexts
from server.core.clock import Clock
from server.core.errors import ContextNotFoundError, JobFailedError, UnprocessableError
from server.core.waiting import happened
from server.index.search import Index
from server.jobs.handler import JobContext
from server.jobs.job import Job
from server.jobs.queue import JobQueue
from server.store.engine import Database

KIND = "index.rebuild"
SUBJECT = "index"
STAGE = "indexing"
REPORT_SECONDS = 1.0


class Reindexing:
    """Takes the wish for a new index, and is the handler of the jobs that fulfil it."""

    first_stage = None

    def __init__(self, contexts: Contexts, index: Index, queue: JobQueue, audit: AuditLog, clock: Clock) -> None:
        self._contexts = contexts
        self._index = index
        self._queue = queue
        self._audit = audit
        self._clock = clock

    async def request(self, context_id: str, origin: Origin) -> Job:
        """The job that will do it: a new one, or the one that was asked for before and is not done yet."""
        async with self._contexts.opened(context_id):
            if not self._index.rebuilds:
                raise UnprocessableError(
                    "The database keeps the search index itself, with every write; there is nothing to be rebuilt."
                )
            job = await self._queue.enqueue(context_id, KIND, SUBJECT)
        detail = {"job": job.id}
        await self._audit.record(
            self._audit.event("index", "context.reindex", origin, context_id=context_id, detail=detail)
        )
        return job

    async def run(self, context: JobContext) -> None:
        try:
            async with self._contexts.opened(context.job.context_id) as opened:
                database = opened.database
        except ContextNotFoundError as error:
            raise JobFailedError(error.detail) from error
        context.progress(STAGE)
        await self._rebuild(database, context)

    async def ended(self, job: Job) -> None:
        """What answers is still the index that was there before."""

    async def _rebuild(self, database: Database, context: JobContext) -> None:
        ended = asyncio.Event()
        rebuilding = asyncio.ensure_future(self._index.rebuild(database))
        rebuilding.add_done_callback(lambda _: ended.set())
        try:
            while not await happened(ended, self._clock, REPORT_SECONDS):
                state = self._index.state(database.binding)
                context.progress(STAGE, state.done, state.total)
            await rebuilding
        finally:
            rebuilding.cancel()
            await asyncio.wait({rebuilding})
        held = self._index.state(database.binding)
        context.progress(STAGE, held.done, held.total)
