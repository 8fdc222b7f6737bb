"""Taking documents away with everything derived from them, and originals that nobody refers to."""

from collections.abc import Mapping
from datetime import timedelta

from server.control.contexts import Open
from server.core.clock import Clock
from server.documents.catalogue import record
from server.documents.chunk_rows import chunk_id
from server.documents.document import Document
from server.documents.keyword_graph import REMOVE_EDGES
from server.documents.uploads import Uploads
from server.index.writes import IndexWrites
from server.objects.store import ObjectStore
from server.store.engine import Database

REMOVE = f"""{REMOVE_EDGES}
DELETE knowledge_chunk WHERE document = $document RETURN NONE;
DELETE $document RETURN NONE;"""

UNFINISHED_AGE = timedelta(hours=1)


class Removal:
    """Deletes documents and cleans up after deletions and uploads that were cut short."""

    def __init__(self, objects: ObjectStore, uploads: Uploads, index: IndexWrites, clock: Clock) -> None:
        self._objects = objects
        self._uploads = uploads
        self._index = index
        self._clock = clock

    async def delete(self, opened: Open, document: Document) -> None:
        """Remove a document, its chunks, edges and orphaned keywords, and its original once no other needs it."""
        async with self._uploads.lock(document.storage_key):
            await opened.database.write(
                REMOVE, {"document": record(document.id), "now": self._clock.now(), "keywords": []}, repeatable=True
            )
            count = document.chunk_count or 0
            ids = [chunk_id(document.id, document.version, position) for position in range(count)]
            await self._index.chunks_removed(opened.database, ids)
            if not await _referred_to(opened.database, document.storage_key):
                await self._objects.delete(document.storage_key)

    async def orphans(self, opened: Open) -> list[str]:
        """Keys of originals that no document refers to."""
        return [
            found.key
            async for found in self._objects.list(f"{opened.context.id}/")
            if not await _referred_to(opened.database, found.key)
        ]

    async def remove_orphans(self, opened: Open) -> int:
        """Delete originals that no document refers to, and what uploads that never finished left behind."""
        removed = 0
        for key in await self.orphans(opened):
            async with self._uploads.lock(key):
                if not await _referred_to(opened.database, key):
                    await self._objects.delete(key)
                    removed += 1
        await self._objects.clear_unfinished(UNFINISHED_AGE)
        return removed

    # What a Context owns in the object store, for its deletion.

    async def count(self, context_id: str) -> Mapping[str, int]:
        sizes = [found.size async for found in self._objects.list(f"{context_id}/")]
        return {"objects": len(sizes), "object_bytes": sum(sizes)}

    async def remove(self, context_id: str) -> None:
        await self._objects.delete_prefix(f"{context_id}/")


async def _referred_to(database: Database, storage_key: str) -> bool:
    return bool(await database.rows("SELECT id FROM document WHERE storage_key = $key LIMIT 1", {"key": storage_key}))
