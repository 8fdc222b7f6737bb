"""Documents and the jobs that work on them, at one moment."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spectron.aio.client import AsyncSpectronManagement
from spectron.models.document import Document
from spectron.models.job import Job
from spectron_tui.feed.panel import Panel

PAGE = 200
JOBS = 500
MINUTES = 60
FAILED = "failed"
READY = "ready"


@dataclass(frozen=True)
class Item:
    """A document of a Context, with the job that works on it."""

    context_id: str
    document: Document
    job: Job | None = None

    @property
    def key(self) -> str:
        return f"{self.context_id}/{self.document.id}"

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many chunks are done, and of how many, where the job tells."""
        done, total = (self.job.progress.get(name) for name in ("done", "total")) if self.job else (None, None)
        return (done or 0, total) if total else None

    @property
    def reason(self) -> str:
        return self.document.error or (self.job.error if self.job else None) or ""


@dataclass(frozen=True)
class Ingestion:
    """The newest documents of the Contexts that are looked at, failures first."""

    items: Panel[tuple[Item, ...]] = field(default_factory=Panel)


async def observe(
    admin: AsyncSpectronManagement, before: Ingestion, context_id: str | None, now: datetime
) -> Ingestion:
    """Of one Context, or of all."""
    return Ingestion(await before.items.refreshed(lambda: _items(admin, context_id), now))


async def _items(admin: AsyncSpectronManagement, context_id: str | None) -> tuple[Item, ...]:
    ids = [context_id] if context_id else [context.id async for context in admin.contexts.iterate()]
    jobs = (await admin.jobs.list(context=context_id, limit=JOBS)).items
    at_work = {(job.context_id, job.subject): job for job in reversed(jobs)}
    pages = await asyncio.gather(*(admin.contexts(name).documents.list(page_size=PAGE) for name in ids))
    items = [
        Item(name, document, at_work.get((name, document.id)))
        for name, page in zip(ids, pages, strict=True)
        for document in page
    ]
    return tuple(sorted(items, key=_urgency))


def _urgency(item: Item) -> tuple[int, float]:
    order = {FAILED: 0, READY: 2}.get(item.document.status, 1)
    return order, -item.document.created_at.timestamp()


def throughput(items: Sequence[Item], now: datetime) -> list[float]:
    """Documents that became ready in each minute of the last hour, the latest last."""
    minutes = Counter(
        int((now - item.document.processing_completed_at) / timedelta(minutes=1))
        for item in items
        if item.document.processing_completed_at is not None and item.document.status == READY
    )
    return [float(minutes.get(minute, 0)) for minute in reversed(range(MINUTES))]
