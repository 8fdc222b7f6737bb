"""Keywords as nodes that documents share, and the edges to them."""

from collections.abc import Sequence
from typing import Any

from surrealdb import RecordID

from server.core.clock import Clock
from server.documents.catalogue import record
from server.documents.document import Document
from server.documents.keywords import Keyword
from server.models.embedding import Matrix
from server.store import vectors
from server.store.engine import Database, Row

# Every transaction that touches an edge writes the keyword at its end, so that two of them meet there and one is run
# again: that is what keeps the counts exact.
RECOUNT = """UPDATE $touched SET document_count = count(<-knowledge_has_keyword), updated_at = $now RETURN NONE;
DELETE $touched WHERE document_count = 0 RETURN NONE;"""

REPLACE_EDGES = f"""LET $scope = $document.scope;
LET $touched = array::union((SELECT VALUE out FROM knowledge_has_keyword WHERE in = $document), $keywords.id);
DELETE knowledge_has_keyword WHERE in = $document RETURN NONE;
FOR $one IN $keywords {{
    UPSERT $one.id SET text = text ?? $one.text, normalised = $one.normalised, scope = <set>[],
        embedding = embedding ?? {vectors.decoded("$one.embedding")} RETURN NONE
}};
INSERT RELATION INTO knowledge_has_keyword $keywords.map(|$one| {{
    id: [$document, $one.id], in: $document, out: $one.id, score: $one.score, scope: $scope,
    created_at: $now }}) RETURN NONE;
{RECOUNT}"""

REMOVE_EDGES = f"""LET $touched = (SELECT VALUE out FROM knowledge_has_keyword WHERE in = $document);
DELETE knowledge_has_keyword WHERE in = $document RETURN NONE;
{RECOUNT}"""


def replacement(document: Document, keywords: Sequence[Keyword], embedded: Matrix, clock: Clock) -> dict[str, Any]:
    """The variables of `REPLACE_EDGES`."""
    return {
        "document": record(document.id),
        "now": clock.now(),
        "keywords": [
            {
                "id": node(keyword.normalised),
                "text": keyword.text,
                "normalised": keyword.normalised,
                "score": keyword.score,
                "embedding": vectors.encode(vector),
            }
            for keyword, vector in zip(keywords, embedded, strict=True)
        ],
    }


async def of_document(database: Database, document: Document) -> list[Row]:
    """A document's keywords, the best first."""
    return await database.rows(
        "SELECT record::id(out) AS id, out.normalised AS normalised, out.text AS text, score "
        "FROM knowledge_has_keyword WHERE in = $document ORDER BY score DESC, normalised",
        {"document": record(document.id)},
    )


def node(normalised: str) -> RecordID:
    return RecordID("keyword", normalised)
