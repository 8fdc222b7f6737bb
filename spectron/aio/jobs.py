"""The job queue of a server."""

from collections.abc import AsyncIterator

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.pages import walk
from spectron.models.job import Job
from spectron.models.record import Page, read, read_page


class AsyncJobs:
    """Jobs of all Contexts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self,
        *,
        context: str | None = None,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Job]:
        """One page of jobs, the newest first."""
        params = {"context": context, "state": state, "limit": limit, "cursor": cursor}
        return read_page(Job, await self._connection.get(endpoint.path("jobs"), params), key="jobs")

    def iterate(
        self, *, context: str | None = None, state: str | None = None, page_size: int | None = None
    ) -> AsyncIterator[Job]:
        """Every job that is still known, page by page."""
        return walk(lambda cursor: self.list(context=context, state=state, limit=page_size, cursor=cursor), None)

    async def get(self, id: str) -> Job:
        """A job with its progress and its last error."""
        return read(Job, await self._connection.get(endpoint.path("jobs", id)))

    async def retry(self, id: str) -> Job:
        """Queue a job that failed or was cancelled once more."""
        return read(Job, await self._connection.post(endpoint.path("jobs", id, "retry")))

    async def cancel(self, id: str) -> Job:
        """Cancel an unfinished job; whoever works on it stops."""
        return read(Job, await self._connection.delete(endpoint.path("jobs", id)))
