"""Sweeps of all Contexts, and decay."""

from collections.abc import AsyncIterator, Sequence

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.pages import walk
from spectron.models.record import Page, read, read_page
from spectron.models.retention import Decay, Sweep


class AsyncLifecycle:
    """Deletes what is due, and lets facts fade."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def expire(self, *, dry_run: bool = False, contexts: Sequence[str] = ()) -> Sweep:
        """Delete what is due in these Contexts, or in all; with `dry_run`, say what that would be.

        While the same sweep is running already, this waits for its end.
        """
        params = {"dry_run": True if dry_run else None, "context": list(contexts)}
        return read(Sweep, await self._connection.post(endpoint.path("lifecycle", "expire"), params=params))

    async def sweeps(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Sweep]:
        """One page of sweeps, the newest first; one that is running shows how far it has come."""
        params = {"limit": limit, "cursor": cursor}
        return read_page(Sweep, await self._connection.get(endpoint.path("lifecycle", "sweeps"), params), key="sweeps")

    def iterate_sweeps(self, *, page_size: int | None = None) -> AsyncIterator[Sweep]:
        """Every sweep that is still known, page by page."""
        return walk(lambda cursor: self.sweeps(limit=page_size, cursor=cursor), None)

    async def decay(self, context: str) -> Decay:
        """Take one day's importance from the facts of a Context now, besides what the days take."""
        return read(Decay, await self._connection.post(endpoint.path("contexts", context, "lifecycle", "decay")))
