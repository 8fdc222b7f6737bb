"""Processing documents as jobs of the queue."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from server.control.contexts import Contexts, Open
from server.core.errors import ContextNotFoundError, JobFailedError
from server.documents.document import Document
from server.documents.pipeline import HOPELESS, Note, Pipeline
from server.jobs.handler import JobContext
from server.jobs.job import Job
from server.jobs.queue import JobQueue
from server.jobs.register import Jobs

KIND = "document.process"
CANCELLED = "Its processing was cancelled. Process it again when you want it after all."


class DocumentJobs:
    """The handler of the jobs that bring documents to `ready`."""

    first_stage = "extracting"

    def __init__(self, contexts: Contexts, pipeline: Pipeline, jobs: Jobs) -> None:
        self._contexts = contexts
        self._pipeline = pipeline
        self._jobs = jobs
        self._running: dict[str, set[asyncio.Task[None]]] = {}

    async def run(self, context: JobContext) -> None:
        running = self._running.setdefault(context.job.context_id, set())
        processing = asyncio.create_task(self._process(context))
        running.add(processing)
        try:
            await asyncio.wait({processing})
        finally:
            running.discard(processing)
            if not processing.done():
                processing.cancel()
                await asyncio.wait({processing})
        if processing.cancelled():
            raise JobFailedError(f"The Context {context.job.context_id!r} is being deleted.")
        await processing

    async def ended(self, job: Job) -> None:
        """A document whose last job has ended without success will not become ready by itself."""
        if all(other.finished for other in await self._jobs.about(job.context_id, job.subject)):
            with suppress(ContextNotFoundError):
                async with self._contexts.opened(job.context_id) as opened:
                    await self._pipeline.fail(opened, job.subject, job.last_error or CANCELLED)

    async def _process(self, context: JobContext) -> None:
        def report(note: Note) -> None:
            context.progress(note.status, note.done, note.total)

        try:
            async with self._contexts.opened(context.job.context_id) as opened:
                await self._pipeline.process(opened, context.job.subject, report)
        except HOPELESS as error:
            raise JobFailedError(error.detail) from error

    # What a Context owns here is what is being processed: it must not write to the database when that is gone.

    async def count(self, context_id: str) -> Mapping[str, int]:  # noqa: ARG002  # its jobs are counted in the queue
        return {}

    async def remove(self, context_id: str) -> None:
        running = self._running.pop(context_id, set())
        for processing in running:
            processing.cancel()
        if running:
            await asyncio.wait(running)


class DocumentQueue:
    """Puts documents into the queue, those too that a crash has kept from it."""

    def __init__(self, queue: JobQueue, jobs: Jobs) -> None:
        self._queue = queue
        self._jobs = jobs

    async def enqueue(self, opened: Open, document: Document) -> None:
        await self._queue.enqueue(opened.context.id, KIND, document.id, scope=document.scope)

    async def at_work(self, opened: Open) -> set[str]:
        """The documents that an unfinished job is about."""
        return await self._jobs.at_work(opened.context.id, KIND)

    async def enqueue_missing(self, opened: Open, documents: Sequence[Document]) -> int:
        """Queue those of some unfinished documents that nobody is going to work on, and say how many there were."""
        at_work = await self.at_work(opened)
        missing = 0
        for document in documents:
            if document.id not in at_work and await self._forgotten(opened, document):
                await self.enqueue(opened, document)
                missing += 1
        return missing

    async def _forgotten(self, opened: Open, document: Document) -> bool:
        """One that was queued and never begun; what was begun fails with its job, unless that has never been there."""
        latest = next(iter(await self._jobs.about(opened.context.id, document.id)), None)
        begun = document.status != "queued" or document.attempt is not None
        return latest is None or latest.state == "done" or (latest.finished and not begun)
