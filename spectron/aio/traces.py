"""Decision traces of one Context."""

from collections.abc import AsyncIterator
from datetime import datetime

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.pages import walk
from spectron.endpoint import Scope
from spectron.models.record import Page, read, read_page
from spectron.models.trace import Trace, TraceStats

Moment = datetime | str


class AsyncTraces:
    """How questions were answered and what was written, as far as the key may see."""

    def __init__(self, connection: AsyncConnection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    async def list(
        self,
        *,
        kind: str | None = None,
        tier: str | None = None,
        key: str | None = None,
        principal: str | None = None,
        text: str | None = None,
        session: str | None = None,
        slower_than_ms: float | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        scope: Scope | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Trace]:
        """One page of traces that match, the newest first."""
        params = {
            "kind": kind,
            "tier": tier,
            "key": key,
            "principal": principal,
            "text": text,
            "session": session,
            "slower_than_ms": None if slower_than_ms is None else f"{slower_than_ms:g}",
            "since": since,
            "until": until,
            "scope": endpoint.scope_values(scope),
            "limit": limit,
            "cursor": cursor,
        }
        return read_page(Trace, await self._connection.get(self._path(), params), key="traces")

    def iterate(
        self, *, kind: str | None = None, since: Moment | None = None, page_size: int | None = None
    ) -> AsyncIterator[Trace]:
        """Every trace that is still kept, page by page."""
        return walk(lambda cursor: self.list(kind=kind, since=since, limit=page_size, cursor=cursor), None)

    async def get(self, id: str) -> Trace:
        """One trace in full."""
        return read(Trace, await self._connection.get(self._path(id)))

    async def stats(
        self, *, hours: float | None = None, since: Moment | None = None, until: Moment | None = None
    ) -> TraceStats:
        """How often each tier answered, how much came from the cache, and how long it took."""
        params = {"hours": None if hours is None else f"{hours:g}", "since": since, "until": until}
        return read(TraceStats, await self._connection.get(self._path("stats"), params))

    def _path(self, *segments: str) -> str:
        return endpoint.path(self._context_id, "traces", *segments)
