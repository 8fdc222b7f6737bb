"""Documents as a question to them sees them: which a filter means, and what is shown of a hit's."""

from collections.abc import Mapping, Sequence
from typing import Any

from surrealdb import RecordID

from server.core.errors import ValidationError
from server.core.naming import suggestion
from server.core.scope import as_mapping
from server.core.visibility import Visibility
from server.index.chunk import KNOWLEDGE, record_of
from server.recall.hits import Hit, Recalled
from server.recall.passages import chunk_key
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of

COLUMNS = ("mime_type", "source", "title", "language", "status")
BY_ID = ("document", "documents", "id", "document_id")

CHUNKS = """SELECT * OMIT embedding, scope FROM $chunks;
SELECT id, title, mime_type, source, scope, status, version, created_at FROM $documents"""


async def matching_documents(
    database: Database, visibility: Visibility, wanted: Mapping[str, Any]
) -> frozenset[str] | None:
    """The visible documents that a filter means; None when there is no filter, which means all."""
    if not wanted:
        return None
    visible, variables = condition(visibility)
    conditions = [visible]
    for name, value in wanted.items():
        values = value if isinstance(value, list) else [value]
        if name not in (*COLUMNS, *BY_ID):
            known = suggestion(name, (*COLUMNS, "document"))
            raise ValidationError(f"A filter cannot ask for {name[:80]!r}; {known}.")
        if not all(isinstance(one, str) for one in values):
            raise ValidationError(f"The filter {name} takes a text or a list of texts.")
        column = "id" if name in BY_ID else name
        conditions.append(f"{column} IN $wanted_{name}")
        variables[f"wanted_{name}"] = [RecordID("document", one) for one in values] if name in BY_ID else values
    rows = await database.rows(f"SELECT VALUE id FROM document WHERE {' AND '.join(conditions)}", variables)
    return frozenset(str(record.id) for record in rows)  # type: ignore[attr-defined]  # VALUE selects records


async def rows_of(database: Database, hits: Sequence[Hit]) -> tuple[dict[str, Row], dict[str | None, Row]]:
    """The chunks of hits by hit and their documents by id, as they are shown."""
    records = {hit.id: record_of(KNOWLEDGE, chunk_key(hit)) for hit in hits if hit.kind == "document"}
    documents = {hit.document_id for hit in hits if hit.document_id}
    if not records:
        return {}, {}
    answers = await database.read(
        CHUNKS, {"chunks": list(records.values()), "documents": [RecordID("document", one) for one in documents]}
    )
    chunks = {_key(row["id"]): row for row in answers[0]}
    shown = {hit_id: _chunk(chunks[_key(record)]) for hit_id, record in records.items() if _key(record) in chunks}
    return shown, {str(row["id"].id): _document(row) for row in answers[1]}


def graph_evidence(recalled: Recalled, hit: Hit) -> list[dict[str, Any]]:
    """The keywords that the hit's document shares with the question."""
    keywords = recalled.bridges.get(hit.document_id or "", ())
    return [{"kind": "keyword", "keyword": keyword, "document": hit.document_id} for keyword in keywords]


def _key(record: RecordID) -> tuple[Any, ...]:
    return tuple(record.id) if isinstance(record.id, list) else (record.id,)


def _chunk(row: Row) -> Row:
    return {
        "id": "-".join(map(str, row["id"].id)),
        "document": str(row["document"].id),
        "position": row["position"],
        "text": row["text"],
        "section": row.get("section"),
        "char_start": row["char_start"],
        "char_end": row["char_end"],
        "token_count": row.get("token_count"),
    }


def _document(row: Row) -> Row:
    names = ("title", "mime_type", "source", "status", "version", "created_at")
    shown = {name: row.get(name) for name in names}
    return {"id": str(row["id"].id), "scope": as_mapping(scope_of(row["scope"]))} | shown
