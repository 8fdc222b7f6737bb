"""Taking documents away with everything derived from them and with their originals."""

from collections import Counter
from collections.abc import Callable, Mapping

from server.control.contexts import Open
from server.core.clock import Clock
from server.core.scope import Scope
from server.documents.attempts import Attempt
from server.documents.catalogue import DELETION, Catalogue, record
from server.documents.chunk_rows import ChunkRows
from server.documents.document import Document
from server.documents.keyword_graph import REMOVE_EDGES
from server.index.writes import IndexWrites
from server.objects.store import ObjectStore

# From here on nobody sees the document, and what still processes it may write no more.
HIDE = f"""UPDATE $document SET attempt = '{DELETION}', status = 'failed', error = 'It is being deleted.',
    chunk_count = NONE, keyword_count = NONE, updated_at = $now RETURN NONE;
{REMOVE_EDGES}"""
ERASED_AT_ONCE = 100
# Told of each document that is gone for good.
Gone = Callable[[Open, Document], None]
REMOVE = f"DELETE $document WHERE attempt = '{DELETION}' RETURN NONE"


class Removal:
    """Deletes documents; a deletion that was cut short is finished by `resume`."""

    def __init__(
        self,
        catalogue: Catalogue,
        chunk_rows: ChunkRows,
        objects: ObjectStore,
        index: IndexWrites,
        clock: Clock,
        *,
        gone: Gone,
    ) -> None:
        self._catalogue = catalogue
        self._chunk_rows = chunk_rows
        self._objects = objects
        self._index = index
        self._clock = clock
        self._gone = gone

    async def delete(self, opened: Open, document: Document) -> int:
        """Remove a document, its chunks, edges and orphaned keywords, and its original, and say how many chunks."""
        database = opened.database
        variables = {"document": record(document.id), "now": self._clock.now()}
        await database.write(HIDE, variables, repeatable=True)
        cleared = await self._chunk_rows.clear(database, Attempt(DELETION, document, document.version), kept=None)
        await self._index.chunks_removed(database, cleared)
        await self._objects.delete(document.storage_key)
        await database.write(REMOVE, variables, repeatable=True)
        self._gone(opened, document)
        return len(cleared)

    async def erase_scope(self, opened: Open, scope: Scope) -> Mapping[str, int]:
        """Remove every document that carries all of a scope's attributes; how many rows of each table that were."""
        counts: Counter[str] = Counter()
        while found := await self._catalogue.within(opened.database, scope, limit=ERASED_AT_ONCE):
            for document in found:
                counts["knowledge_chunk"] += await self.delete(opened, document)
                counts["document"] += 1
        return counts

    async def count_scope(self, opened: Open, scope: Scope) -> Mapping[str, int]:
        """What `erase_scope` would remove."""
        return await self._catalogue.count_within(opened.database, scope)

    async def resume(self, opened: Open) -> int:
        """Finish deletions that were cut short, and say how many."""
        found = await self._catalogue.half_deleted(opened.database)
        for document in found:
            await self.delete(opened, document)
        return len(found)
