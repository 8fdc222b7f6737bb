"""Works the queue off: several jobs at a time, each under a lease that is kept while its handler runs."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping

import structlog

from server.core.clock import Clock
from server.core.errors import JobFailedError, LeaseLostError, SpectronError, UnavailableError
from server.core.waiting import happened
from server.jobs.handler import Handler, JobContext
from server.jobs.job import Claimed, Job
from server.jobs.queue import JobQueue

GRACE_SECONDS = 10.0
WRITE_TRIES = 5
WRITE_PAUSE = 1.0
COUNTED = ("completed", "failed", "released", "lost")

log = structlog.get_logger(__name__)


class Worker:
    """Runs handlers; whatever they do, it goes on until it is stopped."""

    def __init__(
        self,
        queue: JobQueue,
        handlers: Mapping[str, Handler],
        clock: Clock,
        *,
        name: str,
        concurrency: int = 2,
        poll_seconds: float = 1.0,
        timeout_seconds: float = 3600.0,
    ) -> None:
        """A job that is queued in this process is begun at once; what other processes queue is found by polling."""
        self._queue = queue
        self._handlers = handlers
        self._first_stages = {kind: handler.first_stage for kind, handler in handlers.items()}
        self._clock = clock
        self._name = name
        self._concurrency = concurrency
        self._poll_seconds = poll_seconds
        self._timeout_seconds = timeout_seconds
        self._queued = asyncio.Event()
        self._ended = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._running: dict[str, JobContext] = {}
        self._counts: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
        queue.changes.listen(self._changed)

    def start(self) -> None:
        """Begin to claim jobs of the kinds there are handlers for."""
        if self._handlers:
            self._loops = [asyncio.create_task(self._serve()) for _ in range(self._concurrency)]
            self._loops.append(asyncio.create_task(self._tell_ends()))

    async def stop(self) -> None:
        """Claim nothing more, and give back what is unfinished."""
        for event in (self._stopping, self._queued, self._ended):
            event.set()
        await asyncio.gather(*self._loops)
        self._loops = []

    def gauges(self) -> Mapping[str, float]:
        """What runs now, and how jobs went since the worker was made."""
        return {"running": float(len(self._running))} | {name: float(count) for name, count in self._counts.items()}

    def _changed(self, job: Job) -> None:
        if job.state == "queued":
            self._queued.set()
        elif job.finished:
            if job.state != "done":
                self._ended.set()
            if job.id in self._running:
                self._running[job.id].check()

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            self._queued.clear()
            with _surviving("claim"):
                claimed = await self._queue.claim(self._name, list(self._handlers), self._first_stages)
                if claimed:
                    await self._work(claimed)
                    continue
            await self._rest(self._queued)

    async def _tell_ends(self) -> None:
        while not self._stopping.is_set():
            self._ended.clear()
            with _surviving("read ends"):
                for job in await self._queue.unsettled(list(self._handlers)):
                    with _surviving("tell end"):
                        await self._handlers[job.kind].ended(job)
                        await self._queue.settle(job)
            await self._rest(self._ended)

    async def _rest(self, event: asyncio.Event) -> None:
        if not self._stopping.is_set():
            await happened(event, self._clock, self._poll_seconds)

    async def _work(self, claimed: Claimed) -> None:
        context = JobContext(self._queue, claimed, self._clock)
        self._running[claimed.job.id] = context
        work = asyncio.create_task(self._handlers[claimed.job.kind].run(context))
        keep = asyncio.create_task(context.keep())
        overdue = asyncio.create_task(self._clock.sleep(self._timeout_seconds))
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({work, keep, overdue, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                await _interrupt(work, claimed.job)
            await self._conclude(context, work, lost=keep.done(), overdue=overdue.done())
        finally:
            for task in (work, keep, overdue, stopped):
                task.cancel()
            await asyncio.wait({keep, overdue, stopped})
            del self._running[claimed.job.id]

    async def _conclude(self, context: JobContext, work: asyncio.Task[None], *, lost: bool, overdue: bool) -> None:
        """Write what has become of a job."""
        error = _error_of(work)
        if error is None:
            await self._write("completed", context, context.complete)
        elif lost or isinstance(error, LeaseLostError):
            self._lost(context.job)
        elif self._stopping.is_set():
            await self._write("released", context, context.release)
        elif overdue:
            await self._fail(context, f"The job took longer than {self._timeout_seconds:g} s and was stopped.")
        elif isinstance(error, SpectronError):
            permanent = isinstance(error, JobFailedError)
            after = error.retry_after if isinstance(error, UnavailableError) else 0.0
            await self._fail(context, error.detail, permanent=permanent, after=after)
        else:
            log.error("job.broken", job=context.job.id, kind=context.job.kind, exc_info=error)
            await self._fail(context, f"Something unexpected happened: {type(error).__name__}: {error}")

    async def _fail(self, context: JobContext, reason: str, *, permanent: bool = False, after: float = 0.0) -> None:
        job = context.job
        log.warning("job.failed", job=job.id, kind=job.kind, attempt=job.attempts, reason=reason, permanent=permanent)
        await self._write("failed", context, lambda: context.fail(reason, permanent=permanent, after=after))

    async def _write(self, outcome: str, context: JobContext, write: Callable[[], Awaitable[Job]]) -> None:
        """Write an outcome, again if need be; one that can't be written is found out when the lease ends."""
        for _ in range(WRITE_TRIES):
            try:
                await write()
            except LeaseLostError:
                self._lost(context.job)
                return
            except SpectronError as error:
                log.warning("job.outcome_not_written", job=context.job.id, outcome=outcome, reason=error.detail)
                await self._clock.sleep(WRITE_PAUSE)
            else:
                self._counts[outcome] += 1
                return

    def _lost(self, job: Job) -> None:
        self._counts["lost"] += 1
        log.info("job.lost", job=job.id, kind=job.kind, attempt=job.attempts)


async def _interrupt(work: asyncio.Task[None], job: Job) -> None:
    """Cancel a handler and wait until it has come to an end."""
    work.cancel()
    await asyncio.wait({work}, timeout=GRACE_SECONDS)
    if not work.done():
        log.error("job.does_not_stop", job=job.id, kind=job.kind)


def _error_of(work: asyncio.Task[None]) -> BaseException | None:
    """Why a handler did not finish; None if it did."""
    if not work.done() or work.cancelled():
        return asyncio.CancelledError("it was cancelled")
    return work.exception()


@contextlib.contextmanager
def _surviving(doing: str) -> Iterator[None]:
    """Let a failure be the end of what is inside, and of nothing else."""
    try:
        yield
    except SpectronError as error:
        log.warning("worker.failed", doing=doing, reason=error.detail)
    except Exception:
        log.exception("worker.broken", doing=doing)
