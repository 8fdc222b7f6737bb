"""What was asked and written, at one moment."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from spectron.aio.client import AsyncSpectronManagement
from spectron.models.trace import Trace, TraceStats
from spectron_tui.feed.panel import Panel

PAGE = 200


@dataclass(frozen=True)
class Narrowing:
    """Which traces are asked for."""

    tier: str | None = None
    kind: str | None = None
    text: str | None = None
    slower_than_ms: float | None = None
    key: str | None = None
    context_id: str | None = None

    def __str__(self) -> str:
        parts = (
            self.kind,
            f"tier {self.tier}" if self.tier else None,
            f"“{self.text}”" if self.text else None,
            f"slower than {self.slower_than_ms:g} ms" if self.slower_than_ms is not None else None,
            f"by key {self.key}" if self.key else None,
        )
        return ", ".join(part for part in parts if part) or "every trace"


@dataclass(frozen=True)
class Traced:
    """A trace and the Context that it is of."""

    context_id: str
    trace: Trace

    @property
    def key(self) -> str:
        return f"{self.context_id}/{self.trace.id}"


@dataclass(frozen=True)
class Tracing:
    """The newest traces, and the last hour taken together."""

    traces: Panel[tuple[Traced, ...]] = field(default_factory=Panel)
    stats: Panel[tuple[TraceStats, ...]] = field(default_factory=Panel)


async def observe(
    admin: AsyncSpectronManagement, before: Tracing, context_id: str | None, narrowing: Narrowing, now: datetime
) -> Tracing:
    """Of one Context, or of all."""
    return Tracing(
        *await asyncio.gather(
            before.traces.refreshed(lambda: _traces(admin, context_id, narrowing), now),
            before.stats.refreshed(lambda: _stats(admin, context_id), now),
        )
    )


async def _traces(admin: AsyncSpectronManagement, context_id: str | None, narrowing: Narrowing) -> tuple[Traced, ...]:
    ids = await _ids(admin, context_id)
    pages = await asyncio.gather(
        *(
            admin.contexts(name).traces.list(
                tier=narrowing.tier,
                kind=narrowing.kind,
                key=narrowing.key,
                text=narrowing.text,
                slower_than_ms=narrowing.slower_than_ms,
                limit=PAGE,
            )
            for name in ids
        )
    )
    found = [Traced(name, trace) for name, page in zip(ids, pages, strict=True) for trace in page]
    return tuple(sorted(found, key=_newest))


def _newest(traced: Traced) -> float:
    return -traced.trace.created_at.timestamp() if traced.trace.created_at else 0.0


async def _stats(admin: AsyncSpectronManagement, context_id: str | None) -> tuple[TraceStats, ...]:
    ids = await _ids(admin, context_id)
    return tuple(await asyncio.gather(*(admin.contexts(name).traces.stats(hours=1) for name in ids)))


async def _ids(admin: AsyncSpectronManagement, context_id: str | None) -> list[str]:
    return [context_id] if context_id else [context.id async for context in admin.contexts.iterate()]
