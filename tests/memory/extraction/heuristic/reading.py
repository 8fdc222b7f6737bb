"""Short ways for tests to read a turn."""

from collections.abc import Sequence
from datetime import UTC, datetime

from server.memory.extraction.diff import EntityRef, Extraction
from server.memory.extraction.extractor import Role, TurnInput
from server.memory.extraction.heuristic.extractor import HeuristicExtractor
from server.memory.extraction.heuristic.lexicon import Lexicon

SAID_AT = datetime(2026, 3, 18, 12, tzinfo=UTC)


class Reader:
    """Reads turns with one extractor."""

    def __init__(self) -> None:
        self.lexicon = Lexicon.load()
        self._extractor = HeuristicExtractor(self.lexicon)

    async def read(
        self,
        text: str,
        *,
        role: Role = "user",
        speaker: str | None = None,
        previous: Sequence[str] = (),
        known: Sequence[EntityRef] = (),
        at: datetime = SAID_AT,
    ) -> Extraction:
        return await self._extractor.extract(TurnInput(text, at, role, speaker, previous), known)


def facts(extraction: Extraction) -> set[str]:
    """The attributes as `entity key value`, with `not` in front of what does not hold."""
    return {f"{'not ' if a.negated else ''}{a.entity.name} {a.key} {a.value}" for a in extraction.attributes}
