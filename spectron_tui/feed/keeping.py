"""What a Context keeps and for how long, at one moment."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from spectron.aio.client import AsyncSpectronManagement
from spectron.models.retention import RetentionPolicies, Sweep
from spectron_tui.feed.panel import Panel

SWEEPS = 50


@dataclass(frozen=True)
class Keeping:
    """Policies in force, and past sweeps of the server."""

    policies: Panel[RetentionPolicies] = field(default_factory=Panel)
    sweeps: Panel[tuple[Sweep, ...]] = field(default_factory=Panel)


async def observe(admin: AsyncSpectronManagement, before: Keeping, context_id: str, now: datetime) -> Keeping:
    """Ask for both; one that fails keeps what it had."""
    return Keeping(
        *await asyncio.gather(
            before.policies.refreshed(admin.contexts(context_id).retention.get, now),
            before.sweeps.refreshed(lambda: _sweeps(admin), now),
        )
    )


async def _sweeps(admin: AsyncSpectronManagement) -> tuple[Sweep, ...]:
    return (await admin.lifecycle.sweeps(limit=SWEEPS)).items
