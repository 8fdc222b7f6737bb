"""Keywords as nodes that documents share, and the edges to them."""

from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

from surrealdb import RecordID

from server.documents.keywords import Keyword
from server.models.embedding import Embedder
from server.store import vectors
from server.store.engine import Database

VANISHED = "keyword-vanished"

# Whoever adds or removes an edge counts it in the same transaction, so that two of them meet at the count of a keyword
# and one is run again: that is what keeps the counts exact. A keyword is made with its first edge, and goes with its
# last one. An edge that stays must not be deleted first: the engine does not forget its id before the transaction is
# over.
UNCOUNT = """LET $left = (UPDATE $removed.map(|$one| type::record('keyword_use', $one.id()))
    SET documents -= 1 RETURN AFTER);
LET $unused = $left[WHERE documents <= 0].id;
DELETE $unused RETURN NONE;
DELETE $unused.map(|$one| type::record('keyword', $one.id())) RETURN NONE;"""

REPLACE_EDGES = f"""LET $old = (SELECT VALUE out FROM knowledge_has_keyword WHERE in = $document);
LET $added = array::complement($keywords.id, $old);
LET $removed = array::complement($old, $keywords.id);
DELETE knowledge_has_keyword WHERE in = $document AND out IN $removed RETURN NONE;
INSERT RELATION INTO knowledge_has_keyword $keywords.map(|$one| {{
    id: [$document, $one.id], in: $document, out: $one.id, score: $one.score, scope: $scope, created_at: $now
    }}) ON DUPLICATE KEY UPDATE score = $input.score, scope = $input.scope RETURN NONE;
LET $counted = (UPSERT $added.map(|$one| type::record('keyword_use', $one.id())) SET documents += 1 RETURN AFTER);
LET $absent = $counted[WHERE documents = 1].map(|$one| type::record('keyword', $one.id.id()));
LET $new = $nodes[WHERE id IN $absent];
IF array::len($new) != array::len($absent) {{ THROW '{VANISHED}' }};
INSERT INTO keyword $new.map(|$one| {{
    id: $one.id, text: $one.text, normalised: $one.normalised, scope: <set>[],
    embedding: {vectors.decoded("$one.embedding")}, created_at: $now, updated_at: $now }}) RETURN NONE;
{UNCOUNT}"""

REMOVE_EDGES = f"""LET $removed = (SELECT VALUE out FROM knowledge_has_keyword WHERE in = $document);
DELETE knowledge_has_keyword WHERE in = $document RETURN NONE;
{UNCOUNT}"""


async def present(database: Database, names: Collection[str]) -> set[str]:
    """Those of some keywords that a document has."""
    uses = [RecordID("keyword_use", name) for name in names]
    found: list[Any] = await database.rows("SELECT VALUE record::id(id) FROM $uses", {"uses": uses})
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
