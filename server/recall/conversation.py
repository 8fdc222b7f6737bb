"""The last turns of a session, and what the agent was told to do."""

from dataclasses import dataclass
from datetime import datetime

from surrealdb import RecordID

from server.core.errors import NotFoundError
from server.core.visibility import Visibility
from server.store.engine import Database
from server.store.scoped import condition

MOST_INSTRUCTIONS = 50

RECENT = """SELECT * FROM type::record('session', $id) WHERE forgotten_at = NONE AND {visible};
SELECT role, content, seq, (occurred_at ?? created_at) AS said_at FROM turn
    WHERE session = $conversation AND forgotten_at = NONE AND valid_until = NONE AND {visible}
    ORDER BY seq DESC LIMIT $limit"""
TOLD = """SELECT label, description, created_at FROM instruction WITH NOINDEX
    WHERE active AND forgotten_at = NONE AND valid_until = NONE AND {visible} ORDER BY created_at DESC LIMIT $limit"""


@dataclass(frozen=True, slots=True)
class Line:
    """A turn as it is shown to a model."""

    role: str
    content: str
    said_at: datetime

    def __str__(self) -> str:
        return f"- [{self.said_at:%Y-%m-%d}] {self.role}: {' '.join(self.content.split())}"


async def recent(database: Database, visibility: Visibility, session_id: str, limit: int) -> list[Line]:
    """The last turns, newest first; `NotFoundError` when there is no such session or none to be seen."""
    visible, variables = condition(visibility)
    sessions, turns = await database.read(
        RECENT.format(visible=visible),
        variables | {"id": session_id, "conversation": RecordID("session", session_id), "limit": limit},
    )
    if not sessions:
        raise NotFoundError(f"There is no session {session_id[:80]!r}, or none that this key may see.")
    return [Line(row["role"], row["content"], row["said_at"]) for row in turns]


async def instructions(database: Database, visibility: Visibility) -> list[str]:
    """What the agent was told, newest first."""
    visible, variables = condition(visibility)
    rows = await database.rows(TOLD.format(visible=visible), variables | {"limit": MOST_INSTRUCTIONS})
    return [f"- {row['description'] or row['label']}" for row in rows]
