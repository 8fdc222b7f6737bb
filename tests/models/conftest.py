"""A scripted provider and a registry that talks to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from server.models.local import LocalEmbedder
from server.models.registry import ModelRegistry
from server.models.settings import Patience, ProviderSettings
from server.models.usage import Usage
from tests.models.scripted_server import ScriptedServer
from tests.support.clock import ManualClock

PATIENCE = Patience(attempts=3, attempt_seconds=0.3)


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def local() -> LocalEmbedder:
    return LocalEmbedder()


@pytest.fixture
def registry(local: LocalEmbedder, http: httpx.AsyncClient, clock: ManualClock) -> ModelRegistry:
    return ModelRegistry(
        local, http=lambda: http, clock=clock, random=lambda: 0.5, patience=PATIENCE, failed=lambda *_: None
    )


@pytest.fixture
def providers(provider: ScriptedServer) -> dict[str, ProviderSettings]:
    settings = ProviderSettings("sk-very-secret", provider.url)
    return dict.fromkeys(("openai", "anthropic", "ollama"), settings)


@pytest.fixture
def account() -> list[Usage]:
    return []
