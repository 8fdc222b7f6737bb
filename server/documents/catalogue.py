"""The rows of documents: found by identity, listed by scope, advanced through their statuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surrealdb import RecordID

from server.core.clock import Clock
from server.core.errors import NotFoundError
from server.core.scope import EMPTY, Scope, contradicts
from server.core.visibility import Visibility
from server.documents.document import Document, Status
from server.store.engine import Database
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids, condition

SELECT = "SELECT *, record::id(id) AS id FROM"

UNITE = f"""{ENSURE_ATTRIBUTES}
UPDATE $document SET scope = <set>$scope, updated_at = $now RETURN NONE;
UPDATE knowledge_chunk SET scope = <set>$scope WHERE document = $document RETURN NONE;
UPDATE knowledge_has_keyword SET scope = <set>$scope WHERE in = $document RETURN NONE;"""


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


class Catalogue:
    """Reads and writes document rows of any Context."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def get(self, database: Database, document_id: str, seen: Visibility) -> Document:
        where, variables = condition(seen)
        row = await database.row(f"{SELECT} $document WHERE {where}", variables | {"document": record(document_id)})
        if row is None:
            raise NotFoundError(f"There is no document {document_id[:80]!r} here.")
        return Document.of(row)

    async def find(self, database: Database, document_id: str) -> Document | None:
        """A document whatever its scope, for the pipeline."""
        row = await database.row(f"{SELECT} $document", {"document": record(document_id)})
        return Document.of(row) if row else None

    async def same_bytes(
        self, database: Database, content_hash: str, scope: Scope, seen: Visibility
    ) -> Document | None:
        """The document of those bytes that an upload into a scope joins.

        It must be one that the caller sees, and of a scope that does not contradict the new one: what belongs to two
        users or organisations stays two documents, so that neither learns of the other.
        """
        where, variables = condition(seen)
        rows = await database.rows(
            f"{SELECT} document WHERE content_hash = $content_hash AND {where} ORDER BY created_at",
            variables | {"content_hash": content_hash},
        )
        found = [Document.of(row) for row in rows]
        return next((one for one in found if not contradicts(one.scope, scope)), None)

    async def create(self, database: Database, new: NewDocument) -> Document:
        now = self._clock.now()
        row = {name: value for name, value in vars(new).items() if name not in ("id", "scope") and value is not None}
        row |= {"scope": attribute_ids(new.scope), "created_at": now, "updated_at": now}
        await database.write(
            f"""{ENSURE_ATTRIBUTES}
            CREATE $document CONTENT object::extend($row, {{ scope: <set>$row.scope }}) RETURN NONE""",
            {"document": record(new.id), "row": row, "scope_attributes": attribute_ids(new.scope)},
        )
        created = await self.find(database, new.id)
        if created is None:
            raise NotFoundError(f"The document {new.id!r} was deleted while it was being uploaded.")
        return created

    async def unite(self, database: Database, document: Document, scope: Scope) -> Document:
        """Make a document visible to another scope as well, with its chunks and keywords.

        What is general already, or becomes so, has no scope at all.
        """
        united = document.scope | scope if document.scope and scope else EMPTY
        await database.write(
            UNITE,
            {
                "document": record(document.id),
                "scope": attribute_ids(united),
                "scope_attributes": attribute_ids(united),
                "now": self._clock.now(),
            },
        )
        return await self.find(database, document.id) or document

    async def page(self, database: Database, seen: Visibility, wanted: Wanted) -> tuple[list[Document], int]:
        """One page, newest first, and how many there are in all."""
        where, variables = condition(seen)
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

    async def queue_again(self, database: Database, document: Document) -> None:
        """Have a document processed once more; its chunks stay readable until the new ones replace them."""
        await database.write(
            "UPDATE $document SET status = 'queued', error = NONE, updated_at = $now RETURN NONE",
            {"document": record(document.id), "now": self._clock.now()},
        )

    async def advance(self, database: Database, document_id: str, status: Status, **values: Any) -> None:
        """Note how far a document has come; one that is gone stays gone."""
        assignments = "".join(f", {name} = ${name}" for name in values)
        await database.write(
            f"UPDATE $document SET status = $status, updated_at = $now{assignments} RETURN NONE",
            {"document": record(document_id), "status": status, "now": self._clock.now()} | values,
        )

    async def unfinished(self, database: Database) -> list[str]:
        """The ids of documents that somebody should be working on."""
        return await database.rows(  # type: ignore[return-value]  # a list of values, not of rows
            "SELECT VALUE record::id(id) FROM document WHERE status NOT IN ['ready', 'failed']"
        )


def record(document_id: str) -> RecordID:
    return RecordID("document", document_id)
