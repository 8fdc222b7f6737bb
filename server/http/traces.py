"""Routes that tell how questions were answered, and how fast."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.clock import Clock
from server.core.errors import ValidationError
from server.http.bodies import Moment
from server.http.cursors import Cursor, refused
from server.http.tenant import Here
from server.http.trace_views import statistics_view, trace_detail, trace_view
from server.observe.traces import TraceLog
from server.recall import trace_statistics, traces
from server.recall.hits import Tier
from server.recall.traces import Position, Wanted
from server.store.engine import Row

MAX_HOURS = 24 * 366
Text = Annotated[str | None, Query(max_length=256)]
Scope = Annotated[list[str] | None, Query(description="`org/acme/user/alice`, or `org=acme` repeatedly")]


def add_routes(router: APIRouter, log: TraceLog, clock: Clock) -> None:
    @router.get("/traces")
    async def list_traces(
        tenant: Here,
        tier: Tier | None = None,
        kind: Text = None,
        key: Text = None,
        principal: Text = None,
        text: Text = None,
        session: Annotated[str | None, Query(max_length=64)] = None,
        slower_than_ms: Annotated[float, Query(ge=0, le=1e9)] = 0.0,
        since: Moment | None = None,
        until: Moment | None = None,
        scope: Scope = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        """What was asked and remembered in the caller's sight, newest first."""
        await log.flush()
        wanted = Wanted(tier, kind, key, principal, session, text, slower_than_ms, since, until)
        after = _position(cursor) if cursor else None
        visibility = tenant.sees(scope)
        found = await traces.page(tenant.database, visibility, wanted, clock.now(), limit=limit + 1, after=after)
        shown, more = found[:limit], len(found) > limit
        return {
            "traces": [trace_view(row) for row in shown],
            "next_cursor": _cursor(shown[-1]) if more else None,
            "has_more": more,
            "trace_id": tenant.trace_id,
        }

    @router.get("/traces/stats")
    async def show_statistics(
        tenant: Here,
        hours: Annotated[float, Query(gt=0, le=MAX_HOURS)] = 24,
        since: Moment | None = None,
        until: Moment | None = None,
        scope: Scope = None,
    ) -> dict[str, Any]:
        """Tiers, cache rate and latency of the last hours, or of a stretch of time.

        Where that holds more than 10,000 traces the newest of them are counted: then `truncated` is true, and `since`
        is when the oldest that counts began.
        """
        await log.flush()
        end = until or clock.now() + timedelta(microseconds=1)
        begin = since or _earlier(end, hours)
        if begin >= end:
            raise ValidationError("since must be before until; give an earlier one.")
        return statistics_view(await trace_statistics.statistics(tenant.database, tenant.sees(scope), begin, end)) | {
            "trace_id": tenant.trace_id
        }

    @router.get("/traces/{trace_id}")
    async def show_trace(trace_id: str, tenant: Here) -> dict[str, Any]:
        """One trace in full: candidates with their scores, what was returned, and what that cites."""
        await log.flush()
        row = await traces.get(tenant.database, tenant.sees(), trace_id)
        return trace_detail(row, await traces.linked(tenant.database, tenant.sees(), row))


def _earlier(end: datetime, hours: float) -> datetime:
    try:
        return end - timedelta(hours=hours)
    except OverflowError:
        raise ValidationError("so many hours before until there was no time; give fewer, or a since.") from None


def _cursor(row: Row) -> str:
    return urlsafe_b64encode(f"{row['created_at'].isoformat()} {row['id'].id}".encode()).decode().rstrip("=")


def _position(cursor: str) -> Position:
    try:
        at, _, trace_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment, trace_id = None, ""
    if moment is None or moment.tzinfo is None or not trace_id:
        raise refused(cursor)
    return Position(moment, trace_id)
