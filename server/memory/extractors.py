"""Which extractor a Context is configured with."""

from server.control.contexts import Open
from server.control.models import ContextModels, is_local
from server.memory.extraction.extractor import Extractor
from server.memory.llm_extraction import ModelExtractor


class ContextExtractors:
    """Hands out the rules, or the language models that a Context's configuration names with the rules behind them."""

    def __init__(self, rules: Extractor, models: ContextModels) -> None:
        self._rules = rules
        self._models = models

    async def of(self, opened: Open) -> Extractor:
        """Ready for use; `RateLimitedError` when the Context's tokens are used up."""
        names = opened.config.models
        if is_local(names.extraction):
            return self._rules
        strong = names.extraction_strong
        return ModelExtractor(
            await self._models.language_model(opened, names.extraction),
            await self._models.language_model(opened, strong) if strong and not is_local(strong) else None,
            self._rules,
            threshold=opened.config.extraction.stage1_threshold,
        )
