"""The time in which one sweep holds the lease: renewed and written down as the sweep goes on."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from server.control.audit import Origin
from server.core.clock import Clock
from server.core.errors import ConflictError, FencedError
from server.retention.lease import Held, Lease
from server.retention.sweeps import Sweep, SweepLog

SAVE_SECONDS = 2.0
BUSY = "A sweep is running already; `GET /api/v1/lifecycle/sweeps` shows how far it has come."


class Tenure:
    """A sweep with the right to be the only one."""

    def __init__(
        self, sweep: Sweep, held: Held, lease: Lease, log: SweepLog, clock: Clock, *, save_seconds: float = SAVE_SECONDS
    ) -> None:
        self.sweep = sweep
        self._held = held
        self._lease = lease
        self._log = log
        self._clock = clock
        self._save_seconds = save_seconds
        self._saved = clock.monotonic()

    @classmethod
    async def begin(
        cls, sweep: Sweep, lease: Lease, log: SweepLog, clock: Clock, *, save_seconds: float = SAVE_SECONDS
    ) -> "Tenure":
        """Take the lease; `ConflictError` while another sweep has it."""
        held = await lease.acquire(sweep.id)
        if held is None:
            raise ConflictError(BUSY)
        await log.save(sweep)
        return cls(sweep, held, lease, log, clock, save_seconds=save_seconds)

    @property
    def fence(self) -> int:
        return self._held.fence

    async def keep(self) -> None:
        """Renew the lease and write down how far the sweep has come, now and then."""
        if self._clock.monotonic() - self._saved >= self._save_seconds:
            await self._renew(self.fence)
            self._saved = self._clock.monotonic()
            await self._log.save(self.sweep)

    async def during(self, work: Coroutine[Any, Any, int]) -> int:
        """Wait for work that may take longer than the lease lasts, and keep the lease meanwhile."""
        task = asyncio.create_task(work)
        try:
            while not (await asyncio.wait({task}, timeout=self._save_seconds))[0]:
                await self.keep()
        finally:
            task.cancel()
        return task.result()

    async def surpass(self, fence: int) -> None:
        """Go on under a fence above that one, if the lease is still held."""
        await self._renew(fence + 1)

    async def end(self, origin: Origin) -> None:
        """Write down how the sweep ended and let the next one in."""
        await self._log.finish(self.sweep, origin)
        await self._lease.release(self._held)

    async def _renew(self, fence: int) -> None:
        held = await self._lease.renew(self._held, fence=fence)
        if held is None:
            raise FencedError(self.fence)
        self._held = held
