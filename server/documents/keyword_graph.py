"""Keywords as nodes that documents share, and the edges to them."""

from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

from surrealdb import RecordID

from server.documents.keywords import Keyword
from server.models.embedding import Embedder
from server.store import vectors
from server.store.engine import Database

VANISHED = "keyword-vanished"

# Whoever adds or removes an edge writes its keyword in the same transaction, so that two of them meet there and one is
# run again: that is what keeps the counts exact. An edge that stays must not be deleted first: the engine does not
# forget its id before the transaction is over.
REPLACE_EDGES = f"""LET $old = (SELECT VALUE out FROM knowledge_has_keyword WHERE in = $document);
LET $added = array::complement($keywords.id, $old);
LET $removed = array::complement($old, $keywords.id);
DELETE knowledge_has_keyword WHERE in = $document AND out IN $removed RETURN NONE;
INSERT RELATION INTO knowledge_has_keyword $keywords.map(|$one| {{
    id: [$document, $one.id], in: $document, out: $one.id, score: $one.score, scope: $scope, created_at: $now
    }}) ON DUPLICATE KEY UPDATE score = $input.score, scope = $input.scope RETURN NONE;
LET $present = (UPDATE $added SET document_count += 1, updated_at = $now RETURN VALUE id);
LET $absent = array::complement($added, $present);
LET $new = $nodes[WHERE id IN $absent];
IF array::len($new) != array::len($absent) {{ THROW '{VANISHED}' }};
INSERT INTO keyword $new.map(|$one| {{
    id: $one.id, text: $one.text, normalised: $one.normalised, scope: <set>[], document_count: 1,
    embedding: {vectors.decoded("$one.embedding")}, created_at: $now, updated_at: $now }}) RETURN NONE;
UPDATE $removed SET document_count -= 1, updated_at = $now RETURN NONE;
DELETE $removed WHERE document_count <= 0 RETURN NONE;"""

REMOVE_EDGES = """LET $removed = (SELECT VALUE out FROM knowledge_has_keyword WHERE in = $document);
DELETE knowledge_has_keyword WHERE in = $document RETURN NONE;
UPDATE $removed SET document_count -= 1, updated_at = $now RETURN NONE;
DELETE $removed WHERE document_count <= 0 RETURN NONE;"""


async def present(database: Database, names: Collection[str]) -> set[str]:
    """Those of some keywords that a document has."""
    found: list[Any] = await database.rows(
        "SELECT VALUE normalised FROM keyword WHERE normalised IN $names", {"names": list(names)}
    )
    return set(found)


async def replacement(embedder: Embedder, keywords: Sequence[Keyword], known: Container[str]) -> Mapping[str, Any]:
    """The variables of `REPLACE_EDGES`; only keywords that are not known yet are embedded."""
    ids = [node(keyword.normalised) for keyword in keywords]
    absent = [keyword for keyword in keywords if keyword.normalised not in known]
    embedded = await embedder.embed([keyword.text for keyword in absent]) if absent else ()
    return {
        "keywords": [{"id": one, "score": keyword.score} for one, keyword in zip(ids, keywords, strict=True)],
        "nodes": [
            {
                "id": node(keyword.normalised),
                "text": keyword.text,
                "normalised": keyword.normalised,
                "embedding": vectors.encode(vector),
            }
            for keyword, vector in zip(absent, embedded, strict=True)
        ],
    }


def node(normalised: str) -> RecordID:
    return RecordID("keyword", normalised)
