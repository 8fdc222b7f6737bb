"""Instructions in force and doubts that nothing has settled, at an instant."""

from dataclasses import dataclass
from datetime import datetime

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.visibility import Visibility
from server.memory.reading.instant import SAID, STANDING, Instant
from server.store.engine import Database, Row
from server.store.scoped import condition, scope_of

INSTRUCTIONS = """SELECT * FROM instruction WITH NOINDEX WHERE {standing} AND {visible}
    ORDER BY created_at LIMIT $limit"""
DOUBTS = """SELECT * FROM uncertainty WITH NOINDEX WHERE forgotten_at = NONE AND created_at <= $known_at
    AND (resolved_at = NONE OR resolved_at > $known_at) AND {said} AND {visible} ORDER BY created_at LIMIT $limit"""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the agent was told to do."""

    id: RecordID
    label: str
    description: str
    scope: Scope
    created_at: datetime
    source_turn: RecordID | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What could not be made out or agreed with."""

    id: RecordID
    about: str
    reason: str
    scope: Scope
    created_at: datetime
    source_turn: RecordID | None


async def instructions(
    database: Database, visibility: Visibility, instant: Instant, *, limit: int
) -> list[Instruction]:
    visible, variables = condition(visibility)
    rows = await database.rows(
        INSTRUCTIONS.format(standing=STANDING, visible=visible), variables | instant.variables | {"limit": limit}
    )
    return [instruction_from(row) for row in rows if instant.stands(row)]


async def doubts(database: Database, visibility: Visibility, instant: Instant, *, limit: int) -> list[Doubt]:
    visible, variables = condition(visibility)
    rows = await database.rows(
        DOUBTS.format(said=SAID, visible=visible), variables | instant.variables | {"limit": limit}
    )
    return [doubt_from(row) for row in rows]


def instruction_from(row: Row) -> Instruction:
    return Instruction(
        row["id"], row["label"], row["description"], scope_of(row["scope"]), row["created_at"], row.get("source_turn")
    )


def doubt_from(row: Row) -> Doubt:
    return Doubt(
        row["id"], row["about"], row["reason"], scope_of(row["scope"]), row["created_at"], row.get("source_turn")
    )
