"""Which extractor a Context is configured with."""

from server.control.contexts import Open
from server.memory.extraction.extractor import Extractor


class ContextExtractors:
    """Hands out the extractor that a Context's configuration names."""

    def __init__(self, heuristic: Extractor) -> None:
        self._heuristic = heuristic

    async def of(self, opened: Open) -> Extractor:  # noqa: ARG002  # a placeholder
        return self._heuristic
