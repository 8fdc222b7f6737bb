"""What has changed since a moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.memory.beliefs import Belief, StoredAttribute, StoredRelation, attribute_from, relation_from
from server.memory.entities import StoredEntity, by_ids, entity_from, select
from server.memory.reading.standing import Doubt, Instruction, doubt_from, instruction_from
from server.store.engine import Database
from server.store.scoped import condition

CHANGED = (
    "forgotten_at = NONE AND (created_at > $since OR retracted_at > $since) AND {visible} "
    "ORDER BY created_at LIMIT $limit"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A value that holds now in the place of one that held before."""

    old: StoredAttribute
    new: StoredAttribute


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two moments; what came and went between them is left out."""

    since: datetime
    until: datetime
    added: tuple[StoredAttribute, ...]
    changed: tuple[Change, ...]
    ended: tuple[StoredAttribute, ...]
    relations_added: tuple[StoredRelation, ...]
    relations_ended: tuple[StoredRelation, ...]
    instructions_added: tuple[Instruction, ...]
    instructions_ended: tuple[Instruction, ...]
    doubts: tuple[Doubt, ...]
    new_entities: tuple[StoredEntity, ...]
    entities: Mapping[RecordID, StoredEntity]
    truncated: bool


async def changes(
    database: Database, visibility: Visibility, *, since: datetime, until: datetime, limit: int
) -> Changes:
    """Everything a caller sees that was learnt after `since`."""
    visible, variables = condition(visibility)
    entities_text, entity_variables = select(visibility, "forgotten_at = NONE AND created_at > $since")
    selection = CHANGED.format(visible=visible)
    found = await database.read(
        f"""SELECT * FROM attribute WITH NOINDEX WHERE {selection};
        SELECT * FROM relates_to WITH NOINDEX WHERE {selection};
        SELECT * FROM instruction WITH NOINDEX WHERE {selection};
        SELECT * FROM uncertainty WITH NOINDEX
            WHERE forgotten_at = NONE AND created_at > $since AND {visible} LIMIT $limit;
        {entities_text} LIMIT $limit""",
        variables | entity_variables | {"since": since, "limit": limit + 1},
    )
    attributes, relations, instructions, doubts, entities = (rows[:limit] for rows in found)
    values = [attribute_from(row) for row in attributes]
    edges = [relation_from(row) for row in relations]
    directives = [(row, instruction_from(row)) for row in instructions]
    chains = _Chains(values, since, until)
    named = {row.entity for row in values} | {end for row in edges for end in (row.subject, row.object)}
    return Changes(
        since=since,
        until=until,
        added=tuple(chains.added()),
        changed=tuple(chains.changed()),
        ended=tuple(chains.ended()),
        relations_added=tuple(row for row in edges if row.created_at > since and _lasts(row, until)),
        relations_ended=tuple(row for row in edges if row.created_at <= since and not _lasts(row, until)),
        instructions_added=tuple(one for row, one in directives if row.get("retracted_at") is None),
        instructions_ended=tuple(one for row, one in directives if row.get("retracted_at") and one.created_at <= since),
        doubts=tuple(doubt_from(row) for row in doubts),
        new_entities=tuple(entity_from(row) for row in entities),
        entities=await by_ids(database, sorted(named, key=str)) if named else {},
        truncated=any(len(rows) > limit for rows in found),
    )


class _Chains:
    """Values that were made or ended since, followed along what they replaced and were replaced by."""

    def __init__(self, values: Iterable[StoredAttribute], since: datetime, until: datetime) -> None:
        self._values = {row.id: row for row in values}
        self._since = since
        self._until = until

    def added(self) -> Iterable[StoredAttribute]:
        return (row for row in self._new() if self._before(row) is None)

    def changed(self) -> Iterable[Change]:
        return (Change(before, row) for row in self._new() if (before := self._before(row)))

    def ended(self) -> Iterable[StoredAttribute]:
        old = (row for row in self._values.values() if row.created_at <= self._since)
        return (row for row in old if not _lasts(self._last(row), self._until))

    def _new(self) -> list[StoredAttribute]:
        rows = self._values.values()
        return [row for row in rows if row.created_at > self._since and _lasts(row, self._until)]

    def _before(self, row: StoredAttribute) -> StoredAttribute | None:
        """The value that held at the beginning in the place of this one."""
        while row.supersedes is not None and row.supersedes in self._values:
            row = self._values[row.supersedes]
            if row.created_at <= self._since:
                return row
        return None

    def _last(self, row: StoredAttribute) -> StoredAttribute:
        while row.superseded_by is not None and row.superseded_by in self._values:
            row = self._values[row.superseded_by]
        return row


def _lasts(belief: Belief, until: datetime) -> bool:
    return belief.valid_until is None or belief.valid_until > until
