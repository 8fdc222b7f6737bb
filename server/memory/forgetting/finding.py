"""What a request to forget means: a reference, an entity, a key of somebody, or words that a record holds."""

import contextlib
from collections.abc import Iterable, Sequence

from surrealdb import RecordID

from server.core.errors import NotFoundError, ValidationError
from server.core.vocabulary.slots import key_of_noun
from server.memory.beliefs import attribute_range, attributes_of
from server.memory.entities import StoredEntity, entity_from, named, select
from server.memory.forgetting.selection import Bounds, Selection
from server.memory.names import normalised
from server.memory.reading import inspection, refs
from server.memory.reading.instant import Instant
from server.memory.speaker import user_of
from server.memory.values import words_of
from server.store.engine import Database

MAX_FOUND = 10_000
MAX_WORDS = 40
OWN = frozenset({"i", "me", "my", "mine", "myself"})
PHRASING = frozenset(
    {
        *("forget", "delete", "erase", "remove", "purge", "please", "everything", "anything", "all", "any", "ever"),
        *("what", "who", "that", "this", "it", "about", "regarding", "concerning", "from", "with", "information"),
        *("know", "known", "remember", "said", "told", "say", "tell", "you", "have", "had", "was", "were", "fact"),
    }
)
TEXTS = {
    "attribute": "entity.name + ' ' + string::replace(key, '_', ' ') + ' ' + value",
    "relates_to": "in.name + ' ' + string::replace(label, '_', ' ') + ' ' + out.name",
    "instruction": "label + ' ' + description",
    "uncertainty": "about + ' ' + reason",
    "turn": "content",
}


class Finder:
    """Finds what a caller names inside what it may forget."""

    def __init__(self, database: Database, bounds: Bounds, instant: Instant) -> None:
        self._database = database
        self._bounds = bounds
        self._instant = instant

    async def find(self, query: str) -> Selection:
        """The records that a query names; nothing found is an empty selection."""
        head = query.partition(":")[0]
        if head in {"session", "turn"}:
            return await self._by_id(head, query.partition(":")[2].strip())
        if head in {"entity", "attribute", "relation"}:
            return await self._referred(refs.parse(query))
        return await self._described(query)

    async def _by_id(self, table: str, record_id: str) -> Selection:
        return Selection().plus(await self._admitted([RecordID(table, record_id)]))

    async def _referred(self, reference: refs.Reference) -> Selection:
        database, visibility, parts = self._database, self._bounds.visibility, reference.parts
        match reference.kind:
            case "entity":
                entities = await named(database, visibility, *parts)
                return await self._entities(entities)
            case "attribute":
                entities = await named(database, visibility, parts[0], parts[1])
                return await self._values(entities, parts[2])
            case _:
                with contextlib.suppress(NotFoundError):
                    edges = await inspection.relation(database, visibility, self._instant, *parts)
                    return Selection().plus(await self._admitted([row.id for row in edges.history]))
                return Selection()

    async def _described(self, query: str) -> Selection:
        spoken = normalised(query.replace("'s", "").replace("\u2019s", ""))
        entities = await self._mentioned(spoken)
        named_words = {word for one in entities for name in one.names if name in spoken for word in name.split()}
        said = [word for word in spoken.split() if word not in PHRASING | OWN]
        rest = [word for word in said if word not in named_words]
        own = bool(OWN & set(spoken.split()))
        if entities and not words_of(" ".join(rest)) and not own:
            return await self._entities(entities)
        owners = entities or (await self._user() if own else [])
        key = key_of_noun(rest) if rest else None
        if owners and key:
            found = await self._values(owners, key)
            if found.total:
                return found
        words = words_of(" ".join(said)) - PHRASING
        if not words:
            raise ValidationError(f"{query[:80]!r} names nothing to forget; name an entity, a fact, or words of it.")
        return await self._holding(words)

    async def _mentioned(self, spoken: str) -> list[StoredEntity]:
        """The entities whose full name or alias stands in the query; the longest names win."""
        phrases = {" ".join(part) for part in _runs(spoken.split()[:MAX_WORDS])}
        known = {f"phrase_{number}": f"|{phrase}|" for number, phrase in enumerate(sorted(phrases))}
        called = " OR ".join(f"known_as CONTAINS ${name}" for name in known) or "false"
        text, variables = select(self._bounds.visibility, f"forgotten_at = NONE AND ({called})")
        found = [entity_from(row) for row in await self._database.rows(text, variables | known)]
        longest = max((len(name) for one in found for name in one.names & phrases), default=0)
        return [one for one in found if any(len(name) == longest for name in one.names & phrases)]

    async def _user(self) -> list[StoredEntity]:
        user = user_of(self._bounds.visibility.clauses[0])
        return await named(self._database, self._bounds.visibility, user.type, user.name)

    async def _entities(self, entities: Iterable[StoredEntity]) -> Selection:
        return Selection().plus(await self._admitted([one.id for one in entities]))

    async def _values(self, entities: Sequence[StoredEntity], key: str) -> Selection:
        selection = Selection()
        within, scoped = self._bounds.condition()
        for entity in entities:
            low, high = attributes_of(entity.id, key)
            rows = await self._database.rows(
                f"SELECT id FROM {attribute_range('$low', '$high')} WHERE forgotten_at = NONE AND {within}",
                scoped | {"low": low, "high": high},
            )
            selection = selection.plus(row["id"] for row in rows)
        return selection

    async def _holding(self, words: frozenset[str]) -> Selection:
        """The records that hold every one of the words."""
        within, variables = self._bounds.condition()
        answers = await self._database.read(
            ";\n".join(
                f"""SELECT id, text FROM (SELECT id, scope, {text} AS text FROM {table} WHERE forgotten_at = NONE)
                    WHERE array::all($words, |$word| string::contains(string::lowercase(text), $word)) AND {within}
                    LIMIT {MAX_FOUND}"""
                for table, text in TEXTS.items()
            ),
            variables | {"words": sorted(words)},
        )
        rows = [row for answer in answers for row in answer if words <= words_of(row["text"])]
        turns = [row["id"] for row in rows if row["id"].table_name == "turn"]
        return Selection().plus([*(row["id"] for row in rows), *await self._derived(turns, words)])

    async def _derived(self, turns: Sequence[RecordID], words: frozenset[str]) -> list[RecordID]:
        """What was understood from turns in other words, as far as it shares one with the query."""
        within, variables = self._bounds.condition()
        answers = await self._database.read(
            ";\n".join(
                f"""SELECT id, text FROM (SELECT id, scope, {text} AS text FROM {table} WHERE source_turn IN $turns)
                    WHERE {within}"""
                for table, text in TEXTS.items()
                if table != "turn"
            ),
            variables | {"turns": list(turns)},
        )
        return [row["id"] for answer in answers for row in answer if words & words_of(row["text"])]

    async def _admitted(self, ids: Sequence[RecordID]) -> list[RecordID]:
        within, variables = self._bounds.condition()
        rows = await self._database.rows(
            f"SELECT id FROM $ids WHERE forgotten_at = NONE AND {within}", variables | {"ids": list(ids)}
        )
        return [row["id"] for row in rows]


def _runs(words: Sequence[str], longest: int = 5) -> Iterable[Sequence[str]]:
    return (words[i : i + length] for length in range(1, longest + 1) for i in range(len(words) - length + 1))
