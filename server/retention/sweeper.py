"""The sweep: deletes what is due, Context by Context, one sweep at a time over all processes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from server.control.audit import Origin
from server.control.registry import Registry
from server.core.clock import Clock
from server.core.errors import ConflictError, ContextNotFoundError, FencedError, SpectronError
from server.retention.chores import ServerChore
from server.retention.cleaning import Cleaner, Wanted
from server.retention.lease import Lease
from server.retention.sweeps import ContextSweep, Sweep, SweepLog
from server.retention.tenure import BUSY, Tenure

PAGE = 100
STOPPED = "The server was stopped; the next sweep goes on from there."

log = structlog.get_logger(__name__)


class Sweeper:
    """Sweeps on demand."""

    def __init__(
        self,
        registry: Registry,
        cleaner: Cleaner,
        sweeps: SweepLog,
        lease: Lease,
        clock: Clock,
        chores: Sequence[ServerChore] = (),
    ) -> None:
        self._registry = registry
        self._cleaner = cleaner
        self._sweeps = sweeps
        self._lease = lease
        self._clock = clock
        self._chores = chores
        self._running: tuple[Wanted, asyncio.Task[Sweep]] | None = None

    async def sweep(self, wanted: Wanted, origin: Origin) -> Sweep:
        """Delete what is due. A caller that leaves does not stop it; who asks for the same meanwhile waits with it."""
        context_ids = await self._context_ids(wanted)
        if self._running is None or self._running[1].done():
            task = asyncio.create_task(self._sweep(wanted, context_ids, origin))
            task.add_done_callback(_noted)
            self._running = (wanted, task)
        elif self._running[0] != wanted:
            raise ConflictError(BUSY)
        return await asyncio.shield(self._running[1])

    async def dry_run(self, wanted: Wanted) -> Sweep:
        """What a sweep would delete now; writes nothing."""
        sweep = self._sweeps.begin(dry_run=True)
        for context_id in await self._context_ids(wanted):
            async with self._reported(sweep, context_id) as report:
                await self._cleaner.count(report, wanted)
        return sweep

    async def close(self) -> None:
        """Stop a sweep that is running; the next one goes on from there."""
        if self._running:
            self._running[1].cancel()
            await asyncio.wait({self._running[1]})

    async def _sweep(self, wanted: Wanted, context_ids: Sequence[str], origin: Origin) -> Sweep:
        sweep = self._sweeps.begin()
        tenure = await Tenure.begin(sweep, self._lease, self._sweeps, self._clock)
        try:
            for context_id in context_ids:
                async with self._reported(sweep, context_id) as report:
                    await self._cleaner.clean(report, wanted, tenure)
                await tenure.keep()
            if wanted == Wanted():
                for chore in self._chores:
                    sweep.chores[chore.name] = await tenure.during(chore.tidy())
        except SpectronError as error:
            sweep.error = error.detail
            raise
        except asyncio.CancelledError:
            sweep.error = STOPPED
            raise
        finally:
            await tenure.end(origin)
        return sweep

    async def _context_ids(self, wanted: Wanted) -> list[str]:
        if wanted.contexts:
            return [(await self._registry.get(context_id)).id for context_id in sorted(wanted.contexts)]
        found: list[str] = []
        while page := await self._registry.page(after=found[-1] if found else "", limit=PAGE):
            found += [context.id for context in page]
        return found

    @asynccontextmanager
    async def _reported(self, sweep: Sweep, context_id: str) -> AsyncIterator[ContextSweep]:
        """Add a report; what goes wrong in one Context is said there and does not stop the others."""
        report = ContextSweep(context_id)
        sweep.contexts.append(report)
        began = self._clock.monotonic()
        try:
            yield report
        except FencedError:
            raise
        except ContextNotFoundError:
            sweep.contexts.remove(report)
        except SpectronError as error:
            report.error = error.detail
            log.warning("sweep.context_failed", context=context_id, reason=error.detail)
        finally:
            report.duration_ms = round((self._clock.monotonic() - began) * 1000, 2)


def _noted(task: asyncio.Task[Sweep]) -> None:
    """Whoever asked may have left, so the outcome is also said here."""
    if task.cancelled():
        log.info("sweep.stopped")
    elif error := task.exception():
        log.warning("sweep.failed", reason=str(error))
    else:
        log.info("sweep.finished", deleted=task.result().deleted_count)
