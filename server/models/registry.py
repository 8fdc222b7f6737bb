"""From the name of a model to the model."""

from collections import OrderedDict
from collections.abc import Callable

import httpx

from server.core.clock import Clock
from server.core.errors import ValidationError
from server.models.anthropic import ANTHROPIC_URL, ANTHROPIC_VERSION, AnthropicLanguageModel
from server.models.breaker import CircuitBreaker
from server.models.embedding import Embedder
from server.models.language import LanguageModel
from server.models.local import LOCAL_EMBEDDER, LocalEmbedder
from server.models.ollama import OLLAMA_URL, OllamaEmbedder
from server.models.openai import OPENAI_URL, OpenAIEmbedder, OpenAILanguageModel
from server.models.provider import FailureSink, ProviderClient
from server.models.settings import Patience, Providers, ProviderSettings
from server.models.usage import UsageSink, discard

_URLS = {"openai": OPENAI_URL, "anthropic": ANTHROPIC_URL, "ollama": OLLAMA_URL}
PROVIDERS = tuple(_URLS)
_DIMENSIONS = {
    "openai/text-embedding-3-small": 1536,
    "openai/text-embedding-3-large": 1536,
    "openai/text-embedding-ada-002": 1536,
    "ollama/all-minilm": 384,
    "ollama/nomic-embed-text": 768,
    "ollama/mxbai-embed-large": 1024,
    "ollama/bge-m3": 1024,
}
_MAX_CLIENTS = 256


class ModelRegistry:
    """Builds models for a Context's settings; calls to one provider with one key share a breaker."""

    def __init__(
        self,
        local: LocalEmbedder,
        *,
        http: Callable[[], httpx.AsyncClient],
        clock: Clock,
        random: Callable[[], float],
        failed: FailureSink,
        patience: Patience | None = None,
    ) -> None:
        self._local = local
        self._http = http
        self._clock = clock
        self._random = random
        self._failed = failed
        self._patience = patience or Patience()
        self._clients: OrderedDict[tuple[str, ProviderSettings, str], ProviderClient] = OrderedDict()

    def embedder(self, name: str, providers: Providers, usage: UsageSink = discard) -> Embedder:
        """The embedding model of that name; `provider/model@768` says how wide the vectors of an unknown one are."""
        if name == LOCAL_EMBEDDER:
            return self._local
        provider, model = _split(name)
        model, dimension = _dimension(name, model)
        kinds = {"openai": OpenAIEmbedder, "ollama": OllamaEmbedder}
        if provider not in kinds:
            raise ValidationError(
                f"There is no embedding model {name!r}; use {LOCAL_EMBEDDER}, openai/<model> or ollama/<model>."
            )
        client = self._client(provider, providers.get(provider))
        return kinds[provider](client, model, dimension, count_tokens=self._local.count_tokens, usage=usage)

    def language_model(self, name: str, providers: Providers, usage: UsageSink = discard) -> LanguageModel:
        """The language model of that name, behind its provider's API."""
        provider, model = _split(name)
        match provider:
            case "openai":
                return OpenAILanguageModel(self._client(provider, providers.get(provider)), model, usage=usage)
            case "ollama":
                client = self._client(provider, providers.get(provider), path="/v1")
                return OpenAILanguageModel(client, model, usage=usage)
            case "anthropic":
                return AnthropicLanguageModel(self._client(provider, providers.get(provider)), model, usage=usage)
            case _:
                raise ValidationError(
                    f"There is no language model {name!r} behind a provider; use openai/<model>, anthropic/<model> "
                    "or ollama/<model>."
                )

    def _client(self, provider: str, settings: ProviderSettings | None, path: str = "") -> ProviderClient:
        settings = settings or ProviderSettings()
        if not settings.api_key and settings.base_url is None and provider != "ollama":
            raise ValidationError(
                f"The provider {provider} has no key; set providers.{provider} in the Context's configuration."
            )
        key = (provider, settings, path)
        if key not in self._clients:
            self._clients[key] = self._new_client(provider, settings, path)
            if len(self._clients) > _MAX_CLIENTS:
                self._clients.popitem(last=False)
        self._clients.move_to_end(key)
        return self._clients[key]

    def _new_client(self, provider: str, settings: ProviderSettings, path: str) -> ProviderClient:
        return ProviderClient(
            provider,
            (settings.base_url or _URLS[provider]).rstrip("/") + path,
            _headers(provider, settings.api_key),
            http=self._http(),
            clock=self._clock,
            random=self._random,
            failed=self._failed,
            breaker=CircuitBreaker(provider, self._clock),
            patience=self._patience,
            secret=settings.api_key,
        )


def _headers(provider: str, api_key: str) -> dict[str, str]:
    if provider == "anthropic":
        return {"x-api-key": api_key, "anthropic-version": ANTHROPIC_VERSION}
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}


def _split(name: str) -> tuple[str, str]:
    provider, _, model = name.partition("/")
    if not provider or not model:
        raise ValidationError(f"{name!r} names no model; write provider/model, such as {LOCAL_EMBEDDER}.")
    return provider, model


def _dimension(name: str, model: str) -> tuple[str, int]:
    known = _DIMENSIONS.get(name.removesuffix(":latest"))
    if known is not None:
        return model, known
    model, _, width = model.rpartition("@")
    if not model or not width.isdecimal():
        raise ValidationError(
            f"The width of the vectors of {name} is not known; write it behind the name, such as {name}@768."
        )
    return model, int(width)
