"""Who and what a question names."""

from collections.abc import Sequence

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.index.analysis import STOP_WORDS
from server.index.entity import ALIVE, COLUMNS, Entity, entity_from
from server.index.search import Index
from server.recall.understanding import Understanding
from server.store.engine import Database
from server.store.scoped import condition

MOST_SEEDS = 12
NAMELESS_USER = "user"
_STOP_WORDS = frozenset(STOP_WORDS.split()) - {"may", "will"}

KNOWN = f"SELECT {COLUMNS} FROM $entities WHERE {ALIVE} AND {{visible}}"


async def named(
    database: Database, index: Index, visibility: Visibility, understanding: Understanding
) -> Sequence[Entity]:
    """Everybody and everything that the question names, and the user if it speaks of them."""
    names = understanding.names(_STOP_WORDS)
    if understanding.is_personal:
        names.append(user_name(visibility))
    return await index.named(database, names, visibility, MOST_SEEDS) if names else ()


async def identified(database: Database, visibility: Visibility, entities: Sequence[RecordID]) -> list[Entity]:
    """Those of some entities that are visible."""
    visible, variables = condition(visibility)
    rows = await database.rows(KNOWN.format(visible=visible), variables | {"entities": list(entities)})
    return [entity_from(row) for row in rows]


def user_name(visibility: Visibility) -> str:
    """What the user of the first scope is called there."""
    users = [value for key, value in visibility.clauses[0] if key == "user"]
    return users[0].casefold() if len(users) == 1 else NAMELESS_USER
