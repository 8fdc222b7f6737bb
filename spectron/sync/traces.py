# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""Decision traces of one Context."""

from spectron import endpoint
from spectron.endpoint import Params
from spectron.models.record import Page, read, read_page
from spectron.models.trace import Trace, TraceStats
from spectron.sync.connection import Connection


class Traces:
    """How questions were answered and what was written, as far as the key may see."""

    def __init__(self, connection: Connection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, kind: str | None = None, tier: str | None = None
    ) -> Page[Trace]:
        """One page of traces, the newest first."""
        params: Params = {"limit": limit, "cursor": cursor, "kind": kind, "tier": tier}
        return read_page(Trace, self._connection.get(self._path(), params), key="traces")

    def get(self, id: str) -> Trace:
        """One trace in full."""
        return read(Trace, self._connection.get(self._path(id)))

    def stats(self) -> TraceStats:
        """How often each tier answered, how much came from the cache, and how long it took."""
        return read(TraceStats, self._connection.get(self._path("stats")))

    def _path(self, *segments: str) -> str:
        return endpoint.path(self._context_id, "traces", *segments)
