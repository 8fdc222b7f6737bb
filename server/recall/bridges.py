"""Documents that share keywords with a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.store.engine import Database
from server.store.scoped import condition

MOST_DOCUMENTS = 200

# A keyword's id is its normalised text.
BRIDGES = """SELECT in, out, score
    FROM array::distinct(array::flatten((SELECT VALUE <-(knowledge_has_keyword).id FROM $keywords)))
    WHERE {visible} ORDER BY score DESC LIMIT $most"""


@dataclass(frozen=True, slots=True)
class Bridge:
    """A keyword of the question that a document has too."""

    keyword: str
    score: float


async def bridges(database: Database, visibility: Visibility, phrases: Sequence[str]) -> Mapping[str, list[Bridge]]:
    """The bridges to each visible document, by its id."""
    if not phrases:
        return {}
    visible, variables = condition(visibility)
    rows = await database.rows(
        BRIDGES.format(visible=visible),
        variables | {"keywords": [RecordID("keyword", one) for one in phrases], "most": MOST_DOCUMENTS},
    )
    found: dict[str, list[Bridge]] = {}
    for row in rows:
        found.setdefault(str(row["in"].id), []).append(Bridge(str(row["out"].id), float(row["score"])))
    return found
