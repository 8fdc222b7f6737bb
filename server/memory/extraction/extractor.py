"""The interface of everything that turns text into a diff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from server.memory.extraction.diff import EntityRef, Extraction

Role = Literal["user", "assistant", "system", "tool"]
USER = EntityRef("Person", "user")


@dataclass(frozen=True, slots=True)
class TurnInput:
    """One turn as an extractor sees it.

    `speaker` names the user of the scope, whom "I" means; `previous` holds the turns before it, oldest first.
    """

    text: str
    at: datetime
    role: Role = "user"
    speaker: str | None = None
    previous: Sequence[str] = ()

    @property
    def user(self) -> EntityRef:
        return USER if self.speaker is None else EntityRef("Person", self.speaker)


class Extractor(Protocol):
    """Finds what a turn states."""

    async def extract(self, turn: TurnInput, known: Sequence[EntityRef] = ()) -> Extraction:
        """The diff of `turn`; `known` are the entities already remembered in its scope."""
        ...
