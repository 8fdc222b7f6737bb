"""Which entities the chunks of documents speak of, found by their names."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from surrealdb import RecordID

from server.core.clock import Clock
from server.core.scope import Scope, contradicts
from server.core.visibility import Visibility
from server.memory.entities import LIVING
from server.memory.names import normalised
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of

SHORTEST_NAME = 2
AT_ONCE = 200
WORD = re.compile(r"\w+")

CURRENT = "version = document.version AND document.chunk_count != NONE"

# Of a chunk all links are replaced at once; one that is already there keeps its id and its time.
RELINK = """FOR $one IN $chunks {
    LET $there = (SELECT VALUE id FROM $one.id);
    IF array::len($there) = 1 {
        LET $old = (SELECT VALUE out FROM mentions WHERE in = $one.id);
        DELETE mentions WHERE in = $one.id AND out NOT IN $one.entities RETURN NONE;
        FOR $entity IN array::complement($one.entities, $old) {
            INSERT RELATION INTO mentions { in: $one.id, out: $entity, created_at: $now } RETURN NONE
        }
    }
};"""


@dataclass(frozen=True)
class Linked:
    """An entity as far as linking needs it."""

    id: RecordID
    names: frozenset[str]
    scope: Scope


class Linking:
    """Links chunks of documents to entities; whoever follows a link is shown what its own scope admits, and no more."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def recompute(self, database: Database, seen: Visibility) -> int:
        """Find out anew for every chunk in sight which entities in sight it speaks of; how many links there are."""
        where, variables = condition(seen)
        rows = await database.rows(
            f"SELECT id, name, normalised, aliases, scope FROM entity WHERE {LIVING} AND {where}", variables
        )
        entities = _by_first_word(map(_linked, rows))
        chunks = await database.rows(f"SELECT VALUE id FROM knowledge_chunk WHERE {where} AND {CURRENT}", variables)
        total = 0
        for begin in range(0, len(chunks), AT_ONCE):
            page = await database.rows("SELECT id, text, scope FROM $ids", {"ids": chunks[begin : begin + AT_ONCE]})
            found = [{"id": row["id"], "entities": spoken_of(row, entities)} for row in page]
            await database.write(RELINK, {"chunks": found, "now": self._clock.now()}, repeatable=True)
            total += sum(len(one["entities"]) for one in found)
        return total


def spoken_of(row: Row, entities: Mapping[str, Sequence[Linked]]) -> list[RecordID]:
    """The entities whose names stand in a chunk as words, and whose scope does not contradict the chunk's."""
    text, scope = unicodedata.normalize("NFKC", row["text"]).casefold(), scope_of(row["scope"])
    found: dict[str, RecordID] = {}
    for word in set(WORD.findall(text)):
        for entity in entities.get(word, ()):
            if not contradicts(entity.scope, scope) and any(_stands(name, text) for name in entity.names):
                found[str(entity.id)] = entity.id
    return list(found.values())


def _stands(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _linked(row: Row) -> Linked:
    names = {row.get("normalised"), normalised(row["name"]), *(row.get("aliases") or ())}
    return Linked(
        row["id"], frozenset(name for name in names if name and len(name) >= SHORTEST_NAME), scope_of(row["scope"])
    )


def _by_first_word(entities: Iterable[Linked]) -> Mapping[str, Sequence[Linked]]:
    """The entities by the word that one of their names begins with, so that few are compared with a text."""
    found: defaultdict[str, list[Linked]] = defaultdict(list)
    for entity in entities:
        for word in {match[0] for name in entity.names if (match := WORD.search(name))}:
            found[word].append(entity)
    return found
