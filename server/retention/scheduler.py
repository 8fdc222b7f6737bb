"""Sweeps and lets decay by the clock."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from server.control.audit import SYSTEM
from server.control.contexts import Contexts
from server.core.clock import Clock
from server.core.errors import ConflictError, SpectronError
from server.retention.cleaning import Wanted
from server.retention.decay import Decay
from server.retention.lease import Lease
from server.retention.sweeper import Sweeper
from server.retention.sweeps import SweepLog

RETRY = timedelta(minutes=1)
PAGE = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Scheduler:
    """Runs for as long as its process; of several, the one that is first each time does the work.

    `daily` is a lease that spans a day and is never released: whoever gets it lets the facts of all Contexts fade.
    """

    contexts: Contexts
    sweeper: Sweeper
    sweeps: SweepLog
    decay: Decay
    daily: Lease
    clock: Clock
    interval: timedelta

    async def run(self) -> None:
        """Work until cancelled; what fails is tried again."""
        wait = await self.first_wait()
        while True:
            await self.clock.sleep(wait.total_seconds())
            wait = self.interval if await self.round() else min(RETRY, self.interval)

    async def first_wait(self) -> timedelta:
        """Until a whole interval has passed since the last full sweep, whoever made it."""
        try:
            last = await self.sweeps.last_full()
        except SpectronError as error:
            log.warning("schedule.unreadable", reason=error.detail)
            return RETRY
        now = self.clock.now()
        # A sweep in the future was written while a clock was wrong.
        return self.interval if last is None or last > now else max(RETRY, self.interval - (now - last))

    async def round(self) -> bool:
        """Do what is to be done now; False if some of it could not be."""
        try:
            await self.sweeper.sweep(Wanted(), SYSTEM)
            if await self.daily.acquire("decay"):
                await self._fade()
        except ConflictError:
            log.info("schedule.another_sweeps")
        except SpectronError as error:
            log.warning("schedule.failed", reason=error.detail)
            return False
        return True

    async def _fade(self) -> None:
        after = ""
        while page := await self.contexts.registry.page(after=after, limit=PAGE):
            for context in page:
                await self._fade_one(context.id)
            after = page[-1].id

    async def _fade_one(self, context_id: str) -> None:
        try:
            async with self.contexts.opened(context_id) as opened:
                counted = await self.decay.catch_up(opened.database)
        except SpectronError as error:
            log.warning("decay.failed", context=context_id, reason=error.detail)
        else:
            log.info("decay.done", context=context_id, affected=counted.total())
