"""What is done for documents from time to time, whatever was cut short."""

import structlog

from server.control.contexts import Contexts, Open
from server.core.clock import Clock
from server.core.errors import SpectronError
from server.documents.catalogue import Catalogue
from server.documents.job import DocumentQueue
from server.documents.removal import Removal

LOOK_SECONDS = 60.0
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
        clock: Clock,
    ) -> None:
        self._contexts = contexts
        self._catalogue = catalogue
        self._queue = queue
        self._removal = removal
        self._clock = clock

    async def run(self) -> None:
        """Look after documents until cancelled, beginning at once."""
        while True:
            await self.once()
            await self._clock.sleep(LOOK_SECONDS)

    async def once(self) -> None:
        """Look after the documents of every Context."""
        after = ""
        try:
            while page := await self._contexts.registry.page(after=after, limit=PAGE):
                for context in page:
                    if context.state == "active":
                        await self._in(context.id)
                after = page[-1].id
        except SpectronError as error:
            log.warning("documents.upkeep_failed", reason=error.detail)

    async def look_after(self, opened: Open) -> None:
        """Finish deletions, and queue documents that a crash has kept from the queue."""
        deleted = await self._removal.resume(opened)
        queued = await self._queue.enqueue_missing(opened, await self._catalogue.unfinished(opened.database))
        if deleted or queued:
            log.info("documents.resumed", context=opened.context.id, deleted=deleted, queued=queued)

    async def _in(self, context_id: str) -> None:
        try:
            async with self._contexts.opened(context_id) as opened:
                await self.look_after(opened)
        except SpectronError as error:
            log.warning("documents.upkeep_failed", context=context_id, reason=error.detail)
