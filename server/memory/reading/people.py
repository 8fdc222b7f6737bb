"""The profile of a scope's user."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.core.visibility import Visibility
from server.core.vocabulary.keys import FAVOURITE
from server.memory.beliefs import StoredAttribute
from server.memory.entities import StoredEntity, named
from server.memory.reading.beliefs import Beliefs, of_entities
from server.memory.reading.instant import Instant
from server.memory.reading.standing import Instruction, instructions
from server.memory.speaker import user_of
from server.store.engine import Database

PREFERENCES = frozenset({"likes", "dislikes", "prefers", "hobby"})
MAX_INSTRUCTIONS = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the user: what stays, what passes, what they like, and what they want of the agent."""

    user: tuple[StoredEntity, ...]
    static: tuple[StoredAttribute, ...]
    dynamic: tuple[StoredAttribute, ...]
    preferences: tuple[StoredAttribute, ...]
    beliefs: Beliefs
    instructions: tuple[Instruction, ...]


async def profile(database: Database, visibility: Visibility, instant: Instant) -> Profile:
    """The user is the one whom the first of the scopes names."""
    user = user_of(visibility.clauses[0])
    found = tuple(await named(database, visibility, user.type, user.name))
    beliefs = await of_entities(database, visibility, instant, found) if found else Beliefs((), (), {})
    own = {one.id for one in found}
    facts = [row for row in beliefs.attributes if row.entity in own]
    preferences = tuple(_preferences(facts))
    others = [row for row in facts if row not in preferences]
    told = await instructions(database, visibility, instant, limit=MAX_INSTRUCTIONS)
    return Profile(
        found,
        tuple(row for row in others if row.memory_category == "identity"),
        tuple(row for row in others if row.memory_category != "identity"),
        preferences,
        beliefs,
        tuple(told),
    )


def _preferences(facts: Iterable[StoredAttribute]) -> Iterable[StoredAttribute]:
    return (row for row in facts if row.key in PREFERENCES or row.key.startswith(FAVOURITE))
