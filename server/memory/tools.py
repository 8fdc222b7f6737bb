"""What a Context brings along when something is remembered in it."""

from dataclasses import dataclass
from typing import Protocol

from server.control.contexts import Open
from server.control.models import ContextModels
from server.memory.extraction.extractor import Extractor
from server.models.embedding import Embedder
from server.store.engine import Database


@dataclass(frozen=True, slots=True)
class Tools:
    """A Context's database and models, and how much of a turn is taken in."""

    database: Database
    embedder: Embedder
    extractor: Extractor
    max_entities: int = 32
    known_types_only: bool = False


class Extractors(Protocol):
    """Finds the extractor that a Context is configured with."""

    async def of(self, opened: Open) -> Extractor:
        """Ready for use; `RateLimitedError` when the tokens it would cost are used up."""
        ...


class Toolbox:
    """Puts together the tools of each Context."""

    def __init__(self, models: ContextModels, extractors: Extractors) -> None:
        self._models = models
        self._extractors = extractors

    async def of(self, opened: Open) -> Tools:
        settings = opened.config.extraction
        return Tools(
            opened.database,
            await self._models.embedder(opened),
            await self._extractors.of(opened),
            settings.max_entities_per_turn,
            settings.ontology_strict,
        )
