"""Keywords as a caller sees them: counted over the documents that are visible to it, and no others."""

from dataclasses import dataclass

from server.core.errors import NotFoundError
from server.core.visibility import Visibility
from server.documents.keyword_graph import node
from server.documents.keywords import normalised
from server.models.embedding import Embedder
from server.store import vectors
from server.store.engine import Database, Row
from server.store.scoped import condition

SEEN = """SELECT record::id(out) AS id, out.text AS text, out.normalised AS normalised, count() AS document_count
    FROM knowledge_has_keyword WHERE"""
GROUP = "GROUP BY id, text, normalised"
ORDERS = {"documents": "document_count DESC, normalised", "name": "normalised"}


@dataclass(frozen=True)
class KeywordsWanted:
    """Which keywords to list, and how."""

    containing: str = ""
    min_document_count: int = 1
    sort: str = "documents"
    page: int = 1
    page_size: int = 50


async def page(database: Database, seen: Visibility, wanted: KeywordsWanted) -> tuple[list[Row], int]:
    """One page, and how many there are in all."""
    where, variables = condition(seen)
    variables |= {
        "containing": normalised(wanted.containing),
        "least": wanted.min_document_count,
        "limit": wanted.page_size,
        "start": (wanted.page - 1) * wanted.page_size,
    }
    if wanted.containing:
        where += " AND string::contains(out.normalised, $containing)"
    _, rows, total = await database.read(
        f"""LET $found = (SELECT * FROM ({SEEN} {where} {GROUP}) WHERE document_count >= $least);
        SELECT * FROM $found ORDER BY {ORDERS[wanted.sort]} LIMIT $limit START $start;
        array::len($found)""",
        variables,
    )
    return rows, total


async def detail(database: Database, name: str, seen: Visibility) -> Row:
    """One keyword with the documents that hold it."""
    where, variables = condition(seen)
    rows = await database.rows(
        f"""SELECT record::id(in) AS id, in.title AS title, in.status AS status, score, out.text AS text
        FROM knowledge_has_keyword WHERE out = $keyword AND {where} ORDER BY score DESC""",
        variables | {"keyword": node(normalised(name))},
    )
    if not rows:
        raise NotFoundError(f"There is no keyword {name[:80]!r} here.")
    documents = [{key: row[key] for key in ("id", "title", "status", "score")} for row in rows]
    form = normalised(name)
    return {
        "id": form,
        "normalised": form,
        "text": rows[0]["text"],
        "document_count": len(documents),
        "documents": documents,
    }


async def search(
    database: Database, embedder: Embedder, query: str, seen: Visibility, *, k: int, threshold: float
) -> list[Row]:
    """The keywords nearest in meaning."""
    where, variables = condition(seen)
    (vector,) = await embedder.embed([query])
    return await database.rows(
        f"""LET $near = {vectors.decoded("$encoded")};
        LET $scored = (SELECT *, vector::similarity::cosine(type::record('keyword', id).embedding, $near) AS score
            FROM ({SEEN} {where} {GROUP}));
        SELECT * FROM $scored WHERE score >= $threshold ORDER BY score DESC, id LIMIT $k""",
        variables | {"encoded": vectors.encode(vector), "threshold": threshold, "k": k},
    )
