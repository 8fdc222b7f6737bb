"""On whose word something is written, for whom, and when."""

from dataclasses import dataclass
from datetime import datetime

from surrealdb import RecordID

from server.core.scope import Scope
from server.core.vocabulary.keys import MemoryCategory
from server.memory.beliefs import Source
from server.memory.extraction.diff import EntityRef


@dataclass(frozen=True, slots=True)
class Basis:
    """What all records of one turn have in common; `user` is whom the turn's "I" means."""

    scope: Scope
    source: Source
    recorded_at: datetime
    user: EntityRef
    turn: RecordID | None = None
    labels: tuple[str, ...] = ()
    memory_category: MemoryCategory | None = None

    @property
    def said_at(self) -> datetime:
        return self.source.at
