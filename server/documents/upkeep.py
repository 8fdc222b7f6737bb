"""What is done for documents from time to time, whatever was cut short."""

from collections.abc import Awaitable, Callable

import structlog

from server.control.contexts import Contexts, Open
from server.core.clock import Clock
from server.core.errors import SpectronError
from server.documents.catalogue import Catalogue
from server.documents.job import DocumentQueue
from server.documents.originals import Originals
from server.documents.removal import Removal

LOOK_SECONDS = 60.0
SWEEP_SECONDS = 3600.0
PAGE = 100

log = structlog.get_logger(__name__)


class Upkeep:
    """Goes through all Contexts; what fails in one of them does not stop the others."""

    def __init__(
        self,
        contexts: Contexts,
        catalogue: Catalogue,
        queue: DocumentQueue,
        removal: Removal,
        originals: Originals,
        clock: Clock,
    ) -> None:
        self._contexts = contexts
        self._catalogue = catalogue
        self._queue = queue
        self._removal = removal
        self._originals = originals
        self._clock = clock

    async def run(self) -> None:
        """Look after documents until cancelled, beginning at once."""
        swept_at = self._clock.monotonic() - SWEEP_SECONDS
        while True:
            await self._everywhere(self.look_after)
            if self._clock.monotonic() - swept_at >= SWEEP_SECONDS:
                swept_at = self._clock.monotonic()
                await self._everywhere(self.sweep)
            await self._clock.sleep(LOOK_SECONDS)

    async def look_after(self, opened: Open) -> None:
        """Finish deletions, and queue documents that a crash has kept from the queue."""
        deleted = await self._removal.resume(opened)
        queued = await self._queue.enqueue_missing(opened, await self._catalogue.unfinished(opened.database))
        if deleted or queued:
            log.info("documents.resumed", context=opened.context.id, deleted=deleted, queued=queued)

    async def sweep(self, opened: Open) -> None:
        """Remove originals that belong to no document."""
        removed = await self._originals.sweep(opened)
        if removed:
            log.info("documents.orphans_removed", context=opened.context.id, count=removed)

    async def _everywhere(self, work: Callable[[Open], Awaitable[None]]) -> None:
        after = ""
        try:
            while page := await self._contexts.registry.page(after=after, limit=PAGE):
                for context in page:
                    if context.state == "active":
                        await self._in(context.id, work)
                after = page[-1].id
        except SpectronError as error:
            log.warning("documents.upkeep_failed", reason=error.detail)

    async def _in(self, context_id: str, work: Callable[[Open], Awaitable[None]]) -> None:
        try:
            async with self._contexts.opened(context_id) as opened:
                await work(opened)
        except SpectronError as error:
            log.warning("documents.upkeep_failed", context=context_id, reason=error.detail)
