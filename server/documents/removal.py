"""Taking documents away with everything derived from them and with their originals."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.control.accounting import RECORD, event
from server.control.audit import AuditLog, Origin
from server.control.contexts import Open
from server.core.errors import NotFoundError
from server.core.scope import Scope
from server.documents.attempts import Attempt
from server.documents.catalogue import DELETION, LIVE, Catalogue, record
from server.documents.chunk_rows import ChunkRows
from server.documents.document import Document
from server.documents.keyword_graph import REMOVE_EDGES
from server.index.writes import IndexWrites
from server.objects.store import ObjectStore

# From here on nobody sees the document, and what still processes it may write no more. Of two who delete it at once
# one does it, and the audit has that one; the event tells which, also after an answer that was lost.
HIDE = f"""LET $hidden = (UPDATE $document SET attempt = '{DELETION}', status = 'failed',
    error = 'It is being deleted.', chunk_count = NONE, keyword_count = NONE, updated_at = $now
    WHERE {LIVE} RETURN VALUE true);
{REMOVE_EDGES}
IF array::len($hidden) = 1 {{ {RECORD} }};
array::len((SELECT VALUE id FROM type::record('audit_event', $audit.id))) = 1"""
ERASED_AT_ONCE = 100
KIND = "document"
# Told of each document that is gone for good.
Gone = Callable[[Open, Document], None]
# Where a document was marked and nothing else was done, its edges are still counted.
REMOVE = f"""{REMOVE_EDGES}
DELETE $document WHERE attempt = '{DELETION}' RETURN NONE"""


@dataclass(frozen=True)
class Deletion:
    """A document that is gone: how many chunks went with it, and what the audit has it as."""

    chunks: int
    audit_id: str


class Removal:
    """Deletes documents; a deletion that was cut short is finished by `resume`."""

    def __init__(
        self,
        catalogue: Catalogue,
        chunk_rows: ChunkRows,
        objects: ObjectStore,
        index: IndexWrites,
        audit: AuditLog,
        *,
        gone: Gone,
    ) -> None:
        self._catalogue = catalogue
        self._chunk_rows = chunk_rows
        self._objects = objects
        self._index = index
        self._audit = audit
        self._gone = gone

    async def delete(self, opened: Open, document: Document, origin: Origin) -> Deletion:
        """Remove a document, its chunks, edges and orphaned keywords, and its original."""
        audit_id = await self._hide(opened, document, origin)
        if audit_id is None:
            raise NotFoundError(f"The document {document.id} is gone: another request has deleted it.")
        return Deletion(await self._erase(opened, document), audit_id)

    async def erase_scope(self, opened: Open, scope: Scope, origin: Origin) -> Mapping[str, int]:
        """Remove every document that carries all of a scope's attributes; how many rows of each table that were."""
        counts: Counter[str] = Counter()
        while found := await self._catalogue.within(opened.database, scope, limit=ERASED_AT_ONCE):
            for document in found:
                await self._hide(opened, document, origin)
                counts["knowledge_chunk"] += await self._erase(opened, document)
                counts["document"] += 1
        return counts

    async def count_scope(self, opened: Open, scope: Scope) -> Mapping[str, int]:
        """What `erase_scope` would remove."""
        return await self._catalogue.count_within(opened.database, scope)

    async def resume(self, opened: Open) -> int:
        """Finish deletions that were cut short, and say how many."""
        found = await self._catalogue.half_deleted(opened.database)
        for document in found:
            await self._erase(opened, document)
        return len(found)

    async def _hide(self, opened: Open, document: Document, origin: Origin) -> str | None:
        """The id of the audit event; None if the document was being deleted already."""
        counts = {"document": 1, "knowledge_chunk": document.chunk_count or 0}
        audit = event(self._audit, KIND, "document.delete", origin, document.scope, counts, target=document.id)
        variables = {"document": record(document.id), "now": audit["created_at"], "audit": audit}
        hidden: bool = (await opened.database.write(HIDE, variables, repeatable=True))[-1]
        return str(audit["id"]) if hidden else None

    async def _erase(self, opened: Open, document: Document) -> int:
        """Take away what is hidden; how many chunks those were."""
        database = opened.database
        cleared = await self._chunk_rows.clear(database, Attempt(DELETION, document, document.version), kept=None)
        await self._index.chunks_removed(database, cleared)
        await self._objects.delete(document.storage_key)
        await database.write(REMOVE, {"document": record(document.id)}, repeatable=True)
        self._gone(opened, document)
        return len(cleared)
