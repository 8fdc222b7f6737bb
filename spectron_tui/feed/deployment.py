"""The whole deployment at one moment."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spectron.aio.client import AsyncSpectronManagement
from spectron.models.context import Context, Stats, Usage
from spectron.models.job import Job
from spectron.models.service import Health, Ready
from spectron.models.trace import TraceStats
from spectron_tui.feed.panel import Panel

AT_ONCE = 4
JOBS = 500
TRACES_EVERY = timedelta(seconds=10)
"""Adding up an hour of traces is not for every poll."""


@dataclass(frozen=True)
class Tenant:
    """A Context with what is measured in it."""

    context: Context
    stats: Panel[Stats] = field(default_factory=Panel)
    usage: Panel[Usage] = field(default_factory=Panel)
    traces: Panel[TraceStats] = field(default_factory=Panel)


@dataclass(frozen=True)
class Deployment:
    """What the overview shows; each part may be older than the others."""

    health: Panel[Health] = field(default_factory=Panel)
    ready: Panel[Ready] = field(default_factory=Panel)
    tenants: Panel[tuple[Tenant, ...]] = field(default_factory=Panel)
    jobs: Panel[tuple[Job, ...]] = field(default_factory=Panel)

    @property
    def failed(self) -> bool:
        """Whether no part of the last poll was answered."""
        return all(panel.error for panel in (self.health, self.ready, self.tenants, self.jobs))


async def observe(admin: AsyncSpectronManagement, before: Deployment, now: datetime) -> Deployment:
    """Ask for every part; one that fails keeps what it had."""
    health, ready, tenants, jobs = await asyncio.gather(
        before.health.refreshed(admin.health, now),
        before.ready.refreshed(admin.ready, now),
        before.tenants.refreshed(lambda: _tenants(admin, before, now), now),
        before.jobs.refreshed(lambda: _jobs(admin), now),
    )
    return Deployment(health, ready, tenants, jobs)


async def _tenants(admin: AsyncSpectronManagement, before: Deployment, now: datetime) -> tuple[Tenant, ...]:
    contexts = [context async for context in admin.contexts.iterate()]
    known = {tenant.context.id: tenant for tenant in before.tenants.value or ()}
    turns = asyncio.Semaphore(AT_ONCE)

    async def measured(context: Context) -> Tenant:
        old = known.get(context.id) or Tenant(context)
        handle = admin.contexts(context.id)
        async with turns:
            stats = await old.stats.refreshed(handle.stats, now)
            usage = await old.usage.refreshed(handle.usage, now)
            traces = old.traces
            if traces.taken_at is None or now - traces.taken_at >= TRACES_EVERY:
                traces = await traces.refreshed(lambda: handle.traces.stats(hours=1), now)
        return Tenant(context, stats, usage, traces)

    return tuple(await asyncio.gather(*map(measured, contexts)))


async def _jobs(admin: AsyncSpectronManagement) -> tuple[Job, ...]:
    return (await admin.jobs.list(limit=JOBS)).items
