"""Documents and the jobs that work on them, at one moment."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spectron.aio.client import AsyncSpectronManagement
from spectron.aio.documents import AsyncDocuments
from spectron.models.document import Document
from spectron.models.job import Job
from spectron_tui.feed.panel import Panel

PAGE = 200
JOBS = 500
MINUTES = 60
FAILED = "failed"
READY = "ready"
SOUGHT = (FAILED, "extracting", "chunking", "embedding", "keywording", "queued")
"""What an operator looks for, be it older than the newest page of documents."""


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
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many documents there are by status, those that are not shown too."""


async def observe(
    admin: AsyncSpectronManagement, before: Ingestion, context_id: str | None, now: datetime, *, page_size: int = PAGE
) -> Ingestion:
    """Of one Context, or of all."""
    counts: Counter[str] = Counter()
    items = await before.items.refreshed(lambda: _items(admin, context_id, counts, page_size), now)
    return Ingestion(items, before.counts if items.error else counts)


async def _items(
    admin: AsyncSpectronManagement, context_id: str | None, counts: Counter[str], page_size: int
) -> tuple[Item, ...]:
    ids = [context_id] if context_id else [context.id async for context in admin.contexts.iterate()]
    jobs = (await admin.jobs.list(context=context_id, limit=JOBS)).items
    at_work = {(job.context_id, job.subject): job for job in reversed(jobs)}
    found = await asyncio.gather(*(_documents(admin.contexts(name).documents, counts, page_size) for name in ids))
    items = [
        Item(name, document, at_work.get((name, document.id)))
        for name, documents in zip(ids, found, strict=True)
        for document in documents
    ]
    return tuple(sorted(items, key=_urgency))


async def _documents(documents: AsyncDocuments, counts: Counter[str], page_size: int) -> Iterable[Document]:
    """The newest of a Context, and however old they are those that failed or are at work."""
    newest = await documents.list(page_size=page_size)
    if not newest.has_more:
        counts.update(document.status for document in newest)
        return newest
    pages = await asyncio.gather(*(documents.list(status=status, page_size=page_size) for status in SOUGHT))
    totals = {status: page.total or 0 for status, page in zip(SOUGHT, pages, strict=True)}
    counts.update({status: total for status, total in totals.items() if total})
    counts[READY] += max(0, (newest.total or 0) - sum(totals.values()))
    return {document.id: document for page in (newest, *pages) for document in page}.values()


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
