"""Keywords as a caller sees them: counted over the documents that are visible to it, and no others."""

from dataclasses import dataclass

from server.core.errors import NotFoundError
from server.core.visibility import Visibility
from server.documents.catalogue import record
from server.documents.keyword_graph import node
from server.documents.keywords import normalised
from server.models.embedding import Embedder
from server.store import vectors
from server.store.engine import Database, Row
from server.store.scoped import condition

# The edges alone say which keywords there are: a node holds a vector, and reading it takes longer than all else.
COUNTED = """SELECT record::id(out) AS name, count() AS document_count FROM knowledge_has_keyword
    WHERE {where} GROUP BY name"""
WITH_TEXT = "SELECT *, type::record('keyword', name).text ?? name AS text FROM $page"
ORDERS = {"documents": "document_count DESC, name", "name": "name"}
# How many neighbours are looked at until enough of them are visible.
NEIGHBOURS = (100, 1_000, 10_000)


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
    containing = "AND string::contains(name, $containing)" if wanted.containing else ""
    variables |= {
        "containing": normalised(wanted.containing),
        "least": wanted.min_document_count,
        "limit": wanted.page_size,
        "start": (wanted.page - 1) * wanted.page_size,
    }
    _, _, rows, total = await database.read(
        f"""LET $found = (SELECT * FROM ({COUNTED.format(where=where)}) WHERE document_count >= $least {containing});
        LET $page = (SELECT * FROM $found ORDER BY {ORDERS[wanted.sort]} LIMIT $limit START $start);
        {WITH_TEXT};
        array::len($found)""",
        variables,
    )
    return [_named(row) for row in rows], total


async def of_document(database: Database, document_id: str, seen: Visibility) -> list[Row]:
    """A document's keywords, the best first."""
    where, variables = condition(seen)
    rows = await database.rows(
        f"""LET $page = (SELECT record::id(out) AS name, score FROM knowledge_has_keyword
            WHERE in = $document AND {where} ORDER BY score DESC, name);
        {WITH_TEXT}""",
        variables | {"document": record(document_id)},
    )
    return [_named(row) for row in rows]


async def detail(database: Database, name: str, seen: Visibility) -> Row:
    """One keyword with the documents that hold it."""
    where, variables = condition(seen)
    form = normalised(name)
    rows, texts = await database.read(
        f"""SELECT record::id(in) AS id, in.title AS title, in.status AS status, score
        FROM knowledge_has_keyword WHERE out = $keyword AND {where} ORDER BY score DESC, id;
        SELECT text FROM $keyword""",
        variables | {"keyword": node(form)},
    )
    if not rows:
        raise NotFoundError(f"There is no keyword {name[:80]!r} here.")
    return {
        "id": form,
        "normalised": form,
        "text": texts[0]["text"] if texts else form,
        "document_count": len(rows),
        "documents": rows,
    }


async def search(
    database: Database, embedder: Embedder, query: str, seen: Visibility, *, k: int, threshold: float
) -> list[Row]:
    """The keywords nearest in meaning."""
    (vector,) = await embedder.embed([query])
    encoded = vectors.encode(vector)
    found: list[Row] = []
    for count in NEIGHBOURS:
        near = await _nearest(database, encoded, count)
        found = await _visible(database, near, seen)
        if len(found) >= k or len(near) < count:
            break
    return [row for row in found if row["score"] >= threshold][:k]


async def _nearest(database: Database, encoded: bytes, count: int) -> list[Row]:
    """An index that is not usable makes the engine answer with every keyword, which is not wrong."""
    return await database.rows(
        f"""LET $near = {vectors.decoded("$encoded")};
        SELECT * FROM (
            SELECT id, text, normalised, vector::similarity::cosine(embedding, $near) AS score FROM keyword
            WHERE embedding <|{count},{count}|> $near
        ) ORDER BY score DESC, normalised""",
        {"encoded": encoded},
    )


async def _visible(database: Database, near: list[Row], seen: Visibility) -> list[Row]:
    where, variables = condition(seen)
    counted = await database.rows(
        COUNTED.format(where=f"out IN $near AND {where}"), variables | {"near": [row["id"] for row in near]}
    )
    counts = {row["name"]: row["document_count"] for row in counted}
    return [
        {
            "id": row["normalised"],
            "normalised": row["normalised"],
            "text": row["text"],
            "score": row["score"],
            "document_count": counts[row["normalised"]],
        }
        for row in near
        if row["normalised"] in counts
    ]


def _named(row: Row) -> Row:
    """The normalised form is what a keyword is addressed by."""
    name = row.pop("name")
    return {"id": name, "normalised": name} | row
