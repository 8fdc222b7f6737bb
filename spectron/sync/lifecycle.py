# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Sweeps of all Contexts, and decay."""

from collections.abc import Iterator, Sequence

from spectron import endpoint
from spectron.models.record import Page, read, read_page
from spectron.models.retention import Decay, Sweep
from spectron.sync.connection import Connection
from spectron.sync.pages import walk


class Lifecycle:
    """Deletes what is due, and lets facts fade."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def expire(self, *, dry_run: bool = False, contexts: Sequence[str] = ()) -> Sweep:
        """Delete what is due in these Contexts, or in all; with `dry_run`, say what that would be.

        While the same sweep is running already, this waits for its end.
        """
        params = {"dry_run": True if dry_run else None, "context": list(contexts)}
        return read(Sweep, self._connection.post(endpoint.path("lifecycle", "expire"), params=params))

    def sweeps(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Sweep]:
        """One page of sweeps, the newest first; one that is running shows how far it has come."""
        params = {"limit": limit, "cursor": cursor}
        return read_page(Sweep, self._connection.get(endpoint.path("lifecycle", "sweeps"), params), key="sweeps")

    def iterate_sweeps(self, *, page_size: int | None = None) -> Iterator[Sweep]:
        """Every sweep that is still known, page by page."""
        return walk(lambda cursor: self.sweeps(limit=page_size, cursor=cursor), None)

    def decay(self, context: str) -> Decay:
        """Take one day's importance from the facts of a Context now, besides what the days take."""
        return read(Decay, self._connection.post(endpoint.path("contexts", context, "lifecycle", "decay")))
