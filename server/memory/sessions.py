"""Conversations: made, found, listed and ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core.clock import Clock
from server.core.errors import DuplicateError, NotFoundError
from server.core.ids import Ids
from server.core.scope import EMPTY, Scope
from server.core.visibility import Visibility, visible
from server.store.engine import Database, Row
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids, condition, scope_of

CREATE = f"""{ENSURE_ATTRIBUTES}
CREATE type::record('session', $id) CONTENT object::extend($row, {{ scope: <set>$scope_attributes }}) RETURN NONE"""


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation; `turn_count` is the last `seq` given out."""

    id: str
    scope: Scope
    metadata: Mapping[str, Any] | None
    created_at: datetime
    updated_at: datetime
    turn_count: int


class Sessions:
    """The conversations of a Context, as far as a caller sees them."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def create(
        self, database: Database, scope: Scope, metadata: Mapping[str, Any] | None = None, ids: Ids | None = None
    ) -> Session:
        """Begin a conversation; `ids` that repeat find the one that was begun with them before."""
        now = self._clock.now()
        session = Session((ids or self._ids).id(), scope, metadata, now, now, 0)
        row = {
            "metadata": None if metadata is None else dict(metadata),
            "created_at": now,
            "updated_at": now,
            "turn_count": 0,
        }
        variables = {"id": session.id, "row": row, "scope_attributes": attribute_ids(scope)}
        try:
            await database.write(CREATE, variables)
        except DuplicateError:
            return await self.get(database, session.id, visible(EMPTY))
        return session

    async def get(self, database: Database, session_id: str, visibility: Visibility) -> Session:
        """The session of that id; one that the caller does not see is not there."""
        visible, variables = condition(visibility)
        row = await database.row(
            f"SELECT * FROM type::record('session', $id) WHERE forgotten_at = NONE AND {visible}",
            variables | {"id": session_id},
        )
        if row is None:
            raise NotFoundError(f"There is no session {session_id[:80]!r}, or none that this key may see.")
        return _session(row)

    async def page(self, database: Database, visibility: Visibility, *, limit: int, offset: int) -> list[Session]:
        """Newest first."""
        visible, variables = condition(visibility)
        rows = await database.rows(
            f"SELECT * FROM session WHERE forgotten_at = NONE AND {visible} "
            "ORDER BY created_at DESC, id LIMIT $limit START $offset",
            variables | {"limit": limit, "offset": offset},
        )
        return [_session(row) for row in rows]


def _session(row: Row) -> Session:
    return Session(
        id=row["id"].id,
        scope=scope_of(row["scope"]),
        metadata=row.get("metadata"),
        created_at=row["created_at"],
        updated_at=row.get("updated_at") or row["created_at"],
        turn_count=row.get("turn_count") or 0,
    )
