"""The messages of conversations, numbered without gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from surrealdb import RecordID

from server.core.clock import Clock
from server.core.errors import DuplicateError, NotFoundError, ThrownError
from server.core.ids import Ids
from server.core.scope import EMPTY, Scope
from server.core.visibility import Visibility
from server.core.vocabulary.keys import MemoryCategory
from server.memory.extraction.extractor import Role
from server.store.engine import Database, Row
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids, condition, scope_of

# What is derived from a turn: full, what it says; triples, facts stated beside it; reflection, the same as a conclusion
# of the server's own; none, only what it is found by; quote, not even that, because it repeats what is known.
Infer = Literal["full", "triples", "reflection", "none", "quote"]

SESSION_GONE = "session-gone"
# Each number is given out by the session's row, inside the transaction that stores the turn which gets it.
APPEND = f"""{ENSURE_ATTRIBUTES}
LET $counted = (UPDATE type::record('session', $of) SET turn_count = (turn_count ?? 0) + array::len($turns),
    updated_at = $now WHERE forgotten_at = NONE RETURN AFTER)[0];
IF $counted = NONE {{ THROW '{SESSION_GONE}' }};
LET $before = $counted.turn_count - array::len($turns);
FOR $turn IN $turns {{
    CREATE type::record('turn', $turn.id) CONTENT object::extend(object::remove($turn, ['id', 'number']), {{
        session: $counted.id, seq: $before + $turn.number, scope: <set>$scope_attributes }}) RETURN NONE
}};
$before"""


@dataclass(frozen=True, slots=True)
class NewTurn:
    """What somebody said and what is to be done with it."""

    role: Role
    content: str
    occurred_at: datetime | None = None
    infer: Infer = "full"
    memory_category: MemoryCategory | None = None
    labels: Sequence[str] = ()
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored message; until `extracted_at` nothing is derived from it."""

    id: str
    session_id: str
    seq: int
    role: Role
    content: str
    scope: Scope
    created_at: datetime
    occurred_at: datetime | None
    infer: Infer
    memory_category: MemoryCategory | None
    labels: tuple[str, ...]
    metadata: Mapping[str, Any]
    extracted_at: datetime | None

    @property
    def said_at(self) -> datetime:
        return self.occurred_at or self.created_at

    @property
    def record(self) -> RecordID:
        return RecordID("turn", self.id)


class Turns:
    """Appends to conversations and reads them back in order."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def append(
        self, database: Database, session_id: str, scope: Scope, new: Sequence[NewTurn], ids: Ids | None = None
    ) -> list[Turn]:
        """Store turns one after the other, with nothing in between, before anything is derived from them.

        `ids` that repeat find the turns that were stored with them before.
        """
        now = self._clock.now()
        ids = ids or self._ids
        named = [(ids.id(), turn) for turn in new]
        variables = {
            "of": session_id,
            "now": now,
            "scope_attributes": attribute_ids(scope),
            "turns": [
                _content(turn, now) | {"id": turn_id, "number": number}
                for number, (turn_id, turn) in enumerate(named, start=1)
            ],
        }
        try:
            *_, before = await database.write(APPEND, variables)
        except DuplicateError:
            return await self._of_ids(database, [turn_id for turn_id, _ in named])
        except ThrownError as error:
            if error.thrown != SESSION_GONE:
                raise
            raise NotFoundError(f"The session {session_id[:80]!r} is gone; begin a new one.") from error
        return [
            _turn(_content(turn, now) | {"seq": before + number, "id": RecordID("turn", turn_id)}, session_id, scope)
            for number, (turn_id, turn) in enumerate(named, start=1)
        ]

    async def _of_ids(self, database: Database, ids: Sequence[str]) -> list[Turn]:
        rows = await database.rows(
            "SELECT * FROM $turns ORDER BY seq", {"turns": [RecordID("turn", turn_id) for turn_id in ids]}
        )
        return [_stored(row) for row in rows]

    async def page(
        self, database: Database, session_id: str, visibility: Visibility, *, limit: int, offset: int = 0
    ) -> list[Turn]:
        """The turns of a session in the order of their numbers."""
        visible, variables = condition(visibility)
        rows = await database.rows(
            f"SELECT * FROM turn WHERE session = $of AND forgotten_at = NONE AND {visible} "
            "ORDER BY seq LIMIT $limit START $offset",
            variables | {"of": RecordID("session", session_id), "limit": limit, "offset": offset},
        )
        return [_stored(row) for row in rows]

    async def before(self, database: Database, turn: Turn, count: int) -> list[Turn]:
        """The last turns of the same scope before that one, oldest first."""
        return await self._latest(database, turn.session_id, turn.scope, count, before=turn.seq)

    async def latest(self, database: Database, session_id: str, scope: Scope, count: int) -> list[Turn]:
        """The last turns of a scope in a session, oldest first."""
        return await self._latest(database, session_id, scope, count, before=None)

    async def _latest(
        self, database: Database, session_id: str, scope: Scope, count: int, *, before: int | None
    ) -> list[Turn]:
        rows = await database.rows(
            "SELECT * FROM turn WHERE session = $of AND ($before = NONE OR seq < $before) AND forgotten_at = NONE "
            "AND scope = <set>$scope ORDER BY seq DESC LIMIT $count",
            {
                "of": RecordID("session", session_id),
                "before": before,
                "scope": attribute_ids(scope),
                "count": count,
            },
        )
        return [_stored(row) for row in reversed(rows)]

    async def underived(self, database: Database, *, stored_before: datetime, limit: int) -> list[Turn]:
        """Turns that a crash or a failure left without anything derived, in the order in which they were stored."""
        rows = await database.rows(
            "SELECT * FROM (SELECT * FROM turn WHERE extracted_at = NONE) "
            "WHERE created_at < $before AND forgotten_at = NONE ORDER BY created_at, seq LIMIT $limit",
            {"before": stored_before, "limit": limit},
        )
        return [_stored(row) for row in rows]


def _content(turn: NewTurn, now: datetime) -> Row:
    return {
        "role": turn.role,
        "content": turn.content,
        "created_at": now,
        "occurred_at": turn.occurred_at,
        "infer": turn.infer,
        "memory_category": turn.memory_category,
        "labels": list(turn.labels) or None,
        "metadata": None if turn.metadata is None else dict(turn.metadata),
    }


def _stored(row: Row) -> Turn:
    return _turn(row, row["session"].id, scope_of(row.get("scope", EMPTY)))


def _turn(row: Row, session_id: str, scope: Scope) -> Turn:
    return Turn(
        id=row["id"].id,
        session_id=session_id,
        seq=row["seq"],
        role=row["role"],
        content=row["content"],
        scope=scope,
        created_at=row["created_at"],
        occurred_at=row.get("occurred_at"),
        infer=row.get("infer", "full"),
        memory_category=row.get("memory_category"),
        labels=tuple(row.get("labels") or ()),
        metadata=row.get("metadata") or {},
        extracted_at=row.get("extracted_at"),
    )
