"""One Context at one moment."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from spectron.aio.context import AsyncContextHandle
from spectron.models.audit import AuditEvent
from spectron.models.context import Context, Stats, Usage
from spectron.models.key import Key
from spectron.models.retention import RetentionPolicies
from spectron_tui.feed.panel import Panel


@dataclass(frozen=True)
class Tenancy:
    """What the page of a Context shows."""

    context: Panel[Context] = field(default_factory=Panel)
    keys: Panel[tuple[Key, ...]] = field(default_factory=Panel)
    stats: Panel[Stats] = field(default_factory=Panel)
    usage: Panel[Usage] = field(default_factory=Panel)
    retention: Panel[RetentionPolicies] = field(default_factory=Panel)
    audit: Panel[tuple[AuditEvent, ...]] = field(default_factory=Panel)


async def observe(handle: AsyncContextHandle, before: Tenancy, now: datetime) -> Tenancy:
    """Ask for every part; one that fails keeps what it had."""
    return Tenancy(
        *await asyncio.gather(
            before.context.refreshed(handle.get, now),
            before.keys.refreshed(lambda: _keys(handle), now),
            before.stats.refreshed(handle.stats, now),
            before.usage.refreshed(handle.usage, now),
            before.retention.refreshed(handle.retention.get, now),
            before.audit.refreshed(lambda: _audit(handle), now),
        )
    )


async def _keys(handle: AsyncContextHandle) -> tuple[Key, ...]:
    return (await handle.keys.list()).items


async def _audit(handle: AsyncContextHandle) -> tuple[AuditEvent, ...]:
    return (await handle.audit(limit=50)).items
