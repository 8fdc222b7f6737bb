"""Embeddings over HTTP, in both protocols, honest and not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from server.core.errors import ProviderAnswerError, ProviderError, ValidationError
from server.models.embedding import Embedder
from server.models.registry import ModelRegistry
from server.models.settings import ProviderSettings
from server.models.usage import Usage
from tests.models.scripted_server import Reply, ScriptedServer

Providers = dict[str, ProviderSettings]
NAMES = {"openai": "openai/tiny@3", "ollama": "ollama/tiny@3"}


def answer(kind: str, vectors: Sequence[Any]) -> Reply:
    """What that provider says when these are the vectors."""
    if kind == "ollama":
        return Reply({"embeddings": list(vectors), "prompt_eval_count": 7})
    data = [{"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return Reply({"data": data[::-1], "usage": {"prompt_tokens": 7}})


@pytest.fixture(params=["openai", "ollama"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def embedder(kind: str, registry: ModelRegistry, providers: Providers, account: list[Usage]) -> Embedder:
    return registry.embedder(NAMES[kind], providers, account.append)


async def test_rows_come_in_order_at_length_one_and_are_accounted(
    kind: str, embedder: Embedder, provider: ScriptedServer, account: list[Usage]
) -> None:
    provider.script(answer(kind, [[3, 0, 4], [0, 2, 0]]))
    rows = await embedder.embed(["first", ""])
    assert np.allclose(rows, np.array([[0.6, 0.0, 0.8], [0.0, 1.0, 0.0]]))
    (request,) = provider.requests
    assert request.body["input"] == ["first", " "]
    assert request.body["model"] == "tiny"
    assert request.headers["authorization"] == "Bearer sk-very-secret"
    assert account == [Usage(f"{kind}/tiny", 7)]


async def test_many_texts_are_sent_in_batches(
    kind: str, embedder: Embedder, provider: ScriptedServer, account: list[Usage]
) -> None:
    texts = [f"text {number}" for number in range(150)]
    for size in (64, 64, 22):
        provider.script(answer(kind, [[1, 0, 0]] * size))
    assert (await embedder.embed(texts)).shape == (150, 3)
    assert [text for request in provider.requests for text in request.body["input"]] == texts
    assert len(account) == 3


@pytest.mark.parametrize(
    ("vectors", "problem"),
    [
        ([[1, 0, 0]], "1 vectors for 2 texts"),
        ([[1, 0, 0]] * 3, "3 vectors for 2 texts"),
        ([[1, 0], [0, 1]], r"name the model '\w+/tiny@2'"),
        ([[1, 0, 0], [1, 0]], "no rows of numbers"),
        ([[1, 0, "x"], [1, 0, 0]], "no rows of numbers"),
        ([[1, 0, 0], None], "no rows of numbers"),
        ([[1, 0, 0], [0, 0, 0]], "no direction"),
        ([[1, 0, 0], [float("inf"), 0, 0]], "no direction"),
    ],
)
async def test_an_answer_is_not_trusted(
    kind: str, embedder: Embedder, provider: ScriptedServer, vectors: list[Any], problem: str
) -> None:
    provider.script(answer(kind, vectors))
    with pytest.raises(ProviderAnswerError, match=problem):
        await embedder.embed(["a", "b"])


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": [{}]}, {"data": 5, "embeddings": "x"}, {"error": "odd"}])
async def test_an_answer_to_something_else_is_told(
    embedder: Embedder, provider: ScriptedServer, body: dict[str, Any]
) -> None:
    provider.script(Reply(body))
    with pytest.raises(ProviderAnswerError):
        await embedder.embed(["a"])


async def test_a_failing_provider_is_tried_again(kind: str, embedder: Embedder, provider: ScriptedServer) -> None:
    provider.script(Reply(status=500), Reply(status=429), answer(kind, [[1, 0, 0]]))
    assert (await embedder.embed(["a"])).shape == (1, 3)
    provider.script(*[Reply(hang=True)] * 3)
    with pytest.raises(ProviderError, match="did not answer within"):
        await embedder.embed(["a"])


async def test_a_shortenable_model_is_asked_for_its_width(
    registry: ModelRegistry, providers: Providers, provider: ScriptedServer
) -> None:
    provider.script(answer("openai", [[1.0] * 1536]))
    large = registry.embedder("openai/text-embedding-3-large", providers)
    assert large.dimension == 1536
    await large.embed(["a"])
    assert provider.requests[0].body["dimensions"] == 1536
    assert registry.embedder("openai/text-embedding-3-large@256", providers).dimension == 256


def test_a_width_that_cannot_be_stored_is_refused(registry: ModelRegistry, providers: Providers) -> None:
    with pytest.raises(ValidationError, match="choose one with 1 to 1536"):
        registry.embedder("openai/wide@4096", providers)


def test_tokens_are_counted_without_a_call(embedder: Embedder, provider: ScriptedServer) -> None:
    assert embedder.count_tokens(["Hello world"]) == [2]
    assert provider.requests == []
