"""Hears of what other processes do to jobs."""

from datetime import datetime, timedelta

import structlog

from server.core.clock import Clock
from server.core.errors import SpectronError
from server.jobs.changes import Changes
from server.jobs.register import Jobs

POLL_SECONDS = 0.5
PAGE = 500

# A transaction becomes visible a little after the time that it writes down.
OVERLAP = timedelta(seconds=5)

log = structlog.get_logger(__name__)


class Watch:
    """Asks the database again and again what has changed, and tells those who listen in this process."""

    def __init__(self, jobs: Jobs, changes: Changes, clock: Clock, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._jobs = jobs
        self._changes = changes
        self._clock = clock
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Watch until cancelled; while the database is away nothing is heard, and nothing is missed."""
        since: datetime | None = None
        while True:
            try:
                since = await self.look(since) if since else await self._jobs.database_time()
            except SpectronError as error:
                log.warning("jobs.watch_failed", reason=error.detail)
            await self._clock.sleep(self._poll_seconds)

    async def look(self, since: datetime) -> datetime:
        """Tell what has changed since then; returns the moment to begin from next time."""
        moment = since - OVERLAP
        while True:
            found = await self._jobs.changed_since(moment, limit=PAGE)
            for job in found:
                self._changes.tell(job)
            if found:
                moment = found[-1].updated_at
            if len(found) < PAGE:
                return max(since, moment)
