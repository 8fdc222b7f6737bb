"""The models of a Context: names from its configuration, keys from its secrets, tokens on its account."""

from collections.abc import Awaitable, Callable, Mapping

from server.control.contexts import Open
from server.control.registry import Registry
from server.control.tokens import TokenLedger
from server.control.troubles import ModelTroubles
from server.core.errors import ProviderError
from server.models.embedding import Embedder
from server.models.language import LanguageModel
from server.models.local import LOCAL_EMBEDDER
from server.models.registry import ModelRegistry
from server.models.settings import Providers, ProviderSettings
from server.models.usage import Usage, UsageSink, discard

LOCAL = "local"

EmbedderOf = Callable[[Open], Awaitable[Embedder]]


class ContextModels:
    """Hands out models that are paid for by the Context that asked."""

    def __init__(
        self,
        models: ModelRegistry,
        registry: Registry,
        ledger: TokenLedger,
        troubles: ModelTroubles,
        *,
        provider_urls: Mapping[str, str],
    ) -> None:
        self._models = models
        self._registry = registry
        self._ledger = ledger
        self._troubles = troubles
        self._provider_urls = provider_urls

    async def embedder(self, opened: Open) -> Embedder:
        """The Context's embedding model; `RateLimitedError` when its tokens are used up."""
        name = opened.config.models.embedding
        if name == LOCAL_EMBEDDER:
            return self._models.embedder(name, {})
        await self._ledger.check(opened)
        return self._models.embedder(name, await self._providers(opened, name), self._account(opened))

    async def language_model(self, opened: Open, name: str, tell: UsageSink = discard) -> LanguageModel:
        """A language model behind a provider; `RateLimitedError` when the Context's tokens are used up.

        `tell` learns what each call costs, besides the Context's account.
        """
        await self._ledger.check(opened)
        spend = self._account(opened)

        def counted(usage: Usage) -> None:
            spend(usage)
            tell(usage)

        return self._models.language_model(name, await self._providers(opened, name), counted)

    def spend(self, opened: Open, tokens: int) -> None:
        """Put tokens on a Context's account that no provider has counted."""
        self._ledger.spend(opened.context.id, tokens)

    def given_up(self, name: str, error: ProviderError) -> ProviderError:
        """Count what made a caller do without a model, where its provider did not fail of its own accord."""
        self._troubles.failed(name.partition("/")[0], error)
        return error

    async def _providers(self, opened: Open, model: str) -> Providers:
        provider = model.partition("/")[0]
        key = await self._registry.provider_key(opened.context.id, provider)
        url = self._provider_urls.get(provider)
        return {} if key is None and url is None else {provider: ProviderSettings(key or "", url)}

    def _account(self, opened: Open) -> UsageSink:
        def spend(usage: Usage) -> None:
            self._ledger.spend(opened.context.id, usage.tokens_in + usage.tokens_out)
            opened.meter.add(usage)

        return spend


def is_local(model: str) -> bool:
    """Whether a model comes with the installation and costs nothing."""
    return model.partition("/")[0] == LOCAL
