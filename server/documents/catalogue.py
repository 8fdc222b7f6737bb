"""The rows of documents: found by identity, listed by scope, made and queued."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surrealdb import RecordID

from server.core.clock import Clock
from server.core.errors import ConflictError, NotFoundError, ThrownError
from server.core.scope import EMPTY, Scope, contradicts
from server.core.visibility import Visibility, visible
from server.documents.document import FINAL, STATUSES, Document, Status
from server.store.engine import Database, Row
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids, condition
from server.store.walking import walk

# The attempt of a document that is being deleted: nobody sees it any more, and nothing else may write it.
DELETION = "deletion"
SELECT = "SELECT *, record::id(id) AS id FROM"
LIVE = f"attempt != '{DELETION}'"
UNITED_AT_ONCE = 500

# Two uploads of the same bytes write the same row, so that the later one is run again and finds the document of the
# earlier one among the others, which it did not know.
CREATE = f"""UPSERT type::record('content', $row.content_hash) SET uploads += 1 RETURN NONE;
LET $others = (SELECT VALUE record::id(id) FROM document WHERE content_hash = $row.content_hash);
IF !($others ALLINSIDE $known) {{ THROW 'others' }};
{ENSURE_ATTRIBUTES}
CREATE $document CONTENT object::extend($row, {{ scope: <set>$row.scope }}) RETURN NONE"""

WIDEN_CHUNKS = """LET $others = (SELECT VALUE id FROM knowledge_chunk
    WHERE document = $document AND scope != <set>$scope LIMIT $limit);
UPDATE $others SET scope = <set>$scope RETURN NONE;
array::len($others)"""

UNITE = f"""{ENSURE_ATTRIBUTES}
LET $united = (UPDATE $document SET scope = <set>$scope, updated_at = $now WHERE {LIVE} RETURN VALUE true);
UPDATE knowledge_has_keyword SET scope = <set>$scope WHERE in = $document RETURN NONE;
UPDATE knowledge_chunk SET scope = <set>$scope WHERE document = $document AND scope != <set>$scope RETURN NONE;
array::len($united) = 1"""


@dataclass(frozen=True)
class NewDocument:
    """What an upload says about a file."""

    id: str
    title: str
    mime_type: str
    source: str
    storage_key: str
    content_hash: str
    size_bytes: int
    scope: Scope
    filename: str | None = None
    declared_mime_type: str | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Wanted:
    """Which documents to list."""

    status: Status | None = None
    mime_type: str | None = None
    page: int = 1
    page_size: int = 50


@dataclass(frozen=True)
class SameBytes:
    """Every document of the same bytes, and the one among them that an upload joins."""

    known: Sequence[str]
    joined: Document | None


class Catalogue:
    """Reads and writes document rows of any Context."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def get(self, database: Database, document_id: str, seen: Visibility) -> Document:
        where, variables = condition(seen)
        row = await database.row(
            f"{SELECT} $document WHERE {where} AND {LIVE}", variables | {"document": record(document_id)}
        )
        if row is None:
            raise not_here(document_id)
        return Document.of(row)

    async def find(self, database: Database, document_id: str) -> Document | None:
        """A document whatever its scope, for the server's own work."""
        row = await database.row(f"{SELECT} $document", {"document": record(document_id)})
        return Document.of(row) if row else None

    async def page(self, database: Database, seen: Visibility, wanted: Wanted) -> tuple[list[Document], int]:
        """One page, newest first, and how many there are in all."""
        where, variables = condition(seen)
        where += f" AND {LIVE}"
        if wanted.status:
            where += " AND status = $status"
        if wanted.mime_type:
            where += " AND mime_type = $mime_type"
        variables |= {
            "status": wanted.status,
            "mime_type": wanted.mime_type,
            "limit": wanted.page_size,
            "start": (wanted.page - 1) * wanted.page_size,
        }
        rows, counted = await database.read(
            f"{SELECT} document WHERE {where} ORDER BY created_at DESC, id LIMIT $limit START $start;"
            f"SELECT count() AS total FROM document WHERE {where} GROUP ALL",
            variables,
        )
        return [Document.of(row) for row in rows], counted[0]["total"] if counted else 0

    async def same_bytes(self, database: Database, content_hash: str, scope: Scope, seen: Visibility) -> SameBytes:
        """The document of those bytes that an upload into a scope joins, if any.

        It must be one that the caller sees, and of a scope that does not contradict the new one: what belongs to two
        users or organisations stays two documents, so that neither learns of the other.
        """
        where, variables = condition(seen)
        known, rows = await database.read(
            f"""SELECT VALUE record::id(id) FROM document WHERE content_hash = $content_hash;
            {SELECT} document WHERE content_hash = $content_hash AND {where} AND {LIVE} ORDER BY created_at""",
            variables | {"content_hash": content_hash},
        )
        found = [Document.of(row) for row in rows]
        return SameBytes(known, next((one for one in found if not contradicts(one.scope, scope)), None))

    async def create(self, database: Database, new: NewDocument, known: Sequence[str]) -> Document | None:
        """Make a document; None if there is one of the same bytes that is not among the known ones."""
        now = self._clock.now()
        row = {name: value for name, value in vars(new).items() if name not in ("id", "scope") and value is not None}
        row |= {"status": "queued", "scope": attribute_ids(new.scope), "created_at": now, "updated_at": now}
        try:
            await database.write(
                CREATE,
                {
                    "document": record(new.id),
                    "row": row,
                    "known": list(known),
                    "scope_attributes": attribute_ids(new.scope),
                },
            )
        except ThrownError:
            return None
        return Document.of(row | {"id": new.id, "version": 1})

    async def unite(self, database: Database, document: Document, scope: Scope) -> Document | None:
        """Make a document visible to another scope as well, with its chunks and keywords; None if it is gone.

        What is general already, or becomes so, has no scope at all. Of a large document most chunks are widened before
        the document itself, so that whoever is cut short in between has something left to do when asked again.
        """
        united = document.scope | scope if document.scope and scope else EMPTY
        variables: Row = {
            "document": record(document.id),
            "scope": attribute_ids(united),
            "scope_attributes": attribute_ids(united),
            "limit": UNITED_AT_ONCE,
            "now": self._clock.now(),
        }
        while (await database.write(WIDEN_CHUNKS, variables, repeatable=True))[-1] == UNITED_AT_ONCE:
            pass
        answers = await database.write(UNITE, variables, repeatable=True)
        return await self.find(database, document.id) if answers[-1] else None

    async def queue_again(self, database: Database, document: Document) -> None:
        """Have a document processed once more; its chunks stay readable until the new ones replace them."""
        (queued,) = await database.write(
            f"""UPDATE $document SET status = 'queued', attempt = NONE, error = NONE, updated_at = $now
            WHERE status IN $final AND {LIVE} RETURN VALUE true""",
            {"document": record(document.id), "final": list(FINAL), "now": self._clock.now()},
        )
        if not queued:
            raise ConflictError(
                f"The document {document.id!r} is still being processed; wait until it is ready or failed."
            )

    async def unfinished(self, database: Database) -> list[Document]:
        """The documents that somebody should be working on."""
        rows = await database.rows(
            f"{SELECT} document WHERE status IN $unfinished",
            {"unfinished": [status for status in STATUSES if status not in FINAL]},
        )
        return [Document.of(row) for row in rows]

    async def every(self, database: Database) -> AsyncIterator[Document]:
        """All documents whatever their scope, those that are being deleted among them."""
        async for row in walk(database, "document", "*"):
            yield Document.of(row | {"id": str(row["id"].id)})

    async def within(self, database: Database, scope: Scope, *, limit: int) -> list[Document]:
        """Some of the documents that carry every attribute of a scope, those too that are being deleted."""
        where, variables = condition(visible(EMPTY, [scope]))
        rows = await database.rows(
            f"{SELECT} document WHERE scope != <set>[] AND {where} LIMIT $limit", variables | {"limit": limit}
        )
        return [Document.of(row) for row in rows]

    async def count_within(self, database: Database, scope: Scope) -> dict[str, int]:
        """How many documents and chunks carry every attribute of a scope."""
        where, variables = condition(visible(EMPTY, [scope]))
        tables = ("document", "knowledge_chunk")
        counts = await database.read(
            ";".join(f"SELECT VALUE count() FROM {one} WHERE scope != <set>[] AND {where} GROUP ALL" for one in tables),
            variables,
        )
        return {table: found[0] if found else 0 for table, found in zip(tables, counts, strict=True)}

    async def half_deleted(self, database: Database) -> list[Document]:
        """Documents whose deletion was cut short."""
        rows = await database.rows(
            f"{SELECT} document WHERE status = 'failed' AND attempt = $deletion", {"deletion": DELETION}
        )
        return [Document.of(row) for row in rows]


def record(document_id: str) -> RecordID:
    return RecordID("document", document_id)


def not_here(document_id: str) -> NotFoundError:
    return NotFoundError(f"There is no document {document_id[:80]!r} here.")
