"""Which name stands for which model."""

import pytest

from server.core.errors import ValidationError
from server.models.local import LocalEmbedder
from server.models.registry import ModelRegistry
from server.models.settings import ProviderSettings


def test_the_local_model_needs_no_settings(registry: ModelRegistry, local: LocalEmbedder) -> None:
    assert registry.embedder("local/wordllama-256", {}) is local


@pytest.mark.parametrize("name", ["", "wordllama", "/x", "openai/"])
def test_a_name_without_two_parts_is_refused(registry: ModelRegistry, name: str) -> None:
    for ask in (registry.embedder, registry.language_model):
        with pytest.raises(ValidationError, match="write provider/model"):
            ask(name, {})


@pytest.mark.parametrize("name", ["local/unknown@3", "acme/model@3", "anthropic/model@3"])
def test_an_unknown_embedding_model_is_refused(registry: ModelRegistry, name: str) -> None:
    with pytest.raises(ValidationError, match="no embedding model"):
        registry.embedder(name, {})


@pytest.mark.parametrize("name", ["local/heuristic", "acme/model"])
def test_an_unknown_language_model_is_refused(registry: ModelRegistry, name: str) -> None:
    with pytest.raises(ValidationError, match="no language model"):
        registry.language_model(name, {})


def test_a_missing_key_is_named(registry: ModelRegistry) -> None:
    with pytest.raises(ValidationError, match=r"set providers\.openai"):
        registry.embedder("openai/text-embedding-3-small", {})
    with pytest.raises(ValidationError, match=r"set providers\.anthropic"):
        registry.language_model("anthropic/model", {})


@pytest.mark.parametrize("name", ["openai/unheard-of", "ollama/unheard-of", "openai/x@", "openai/x@wide", "openai/@3"])
def test_an_unknown_width_is_asked_for(registry: ModelRegistry, name: str) -> None:
    with pytest.raises(ValidationError, match="write it behind the name"):
        registry.embedder(name, {"openai": ProviderSettings("key")})


@pytest.mark.parametrize(
    ("name", "shown", "dimension"),
    [
        ("ollama/nomic-embed-text", "ollama/nomic-embed-text", 768),
        ("ollama/nomic-embed-text:latest", "ollama/nomic-embed-text:latest", 768),
        ("openai/text-embedding-3-small", "openai/text-embedding-3-small", 1536),
        ("openai/org/custom:v2@512", "openai/org/custom:v2", 512),
    ],
)
def test_a_width_comes_from_the_name(registry: ModelRegistry, name: str, shown: str, dimension: int) -> None:
    embedder = registry.embedder(name, {"openai": ProviderSettings("key")})
    assert (embedder.name, embedder.dimension) == (shown, dimension)


def test_calls_with_one_key_share_a_client(registry: ModelRegistry) -> None:
    first, second = ProviderSettings("one"), ProviderSettings("two")
    client = registry._client("openai", first)
    assert registry._client("openai", first) is client
    assert registry._client("openai", second) is not client
    for number in range(300):
        registry._client("openai", ProviderSettings(str(number)))
    assert len(registry._clients) == 256


def test_a_key_is_never_shown() -> None:
    assert "secret" not in repr(ProviderSettings("secret"))
