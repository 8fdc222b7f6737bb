"""Which Context a request works in: remembered for a moment, and read anew after every change."""

import httpx
import pytest

from server.control.current import CurrentContexts
from server.core.errors import ContextNotFoundError
from tests.support.app import App
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

URL = "/api/v1/contexts/acme"
STATE = "/api/v1/acme/state"
SECONDS = 4.0


@pytest.fixture
async def acme(app: App) -> App:
    await app.context()
    return app


def current(acme: App, *, trusted_seconds: float = SECONDS) -> CurrentContexts:
    return CurrentContexts(
        acme.server.control.contexts.registry,
        acme.clock,
        acme.server.settings.defaults,
        trusted_seconds=trusted_seconds,
    )


async def reads(contexts: CurrentContexts, engine: WatchedEngine) -> int:
    engine.asked.clear()
    await contexts.get("acme")
    return len(engine.asked)


async def test_it_is_read_once_and_again_when_it_has_been_trusted_long_enough(
    acme: App, engine: WatchedEngine, clock: FakeClock
) -> None:
    contexts = current(acme)
    assert [await reads(contexts, engine) for _ in range(3)] == [1, 0, 0]
    clock.advance(SECONDS)
    assert [await reads(contexts, engine) for _ in range(2)] == [1, 0]


async def test_without_trust_every_request_reads_it(acme: App, engine: WatchedEngine) -> None:
    contexts = current(acme, trusted_seconds=0.0)
    assert [await reads(contexts, engine) for _ in range(3)] == [1, 1, 1]


async def test_a_change_of_its_configuration_is_in_force_for_the_next_request(acme: App) -> None:
    contexts = current(acme)
    assert (await contexts.get("acme")).config.cache.semantic_threshold != 0.5
    patched = await acme.http.patch(URL, json={"config": {"cache": {"semantic_threshold": 0.5}}})
    assert patched.status_code == httpx.codes.OK
    assert (await contexts.get("acme")).config.cache.semantic_threshold == 0.5


async def test_after_a_change_whose_outcome_is_unknown_it_is_read(acme: App, engine: WatchedEngine) -> None:
    contexts = current(acme)
    await contexts.get("acme")
    engine.fail(2, moment="after")
    patched = await acme.http.patch(URL, json={"config": {"cache": {"semantic_threshold": 0.5}}})
    assert patched.status_code == httpx.codes.SERVICE_UNAVAILABLE
    engine.heal()
    assert (await contexts.get("acme")).config.cache.semantic_threshold == 0.5


async def test_one_that_was_deleted_is_not_used_for_a_moment_longer(acme: App) -> None:
    contexts = current(acme)
    await contexts.get("acme")
    assert (await acme.http.get(STATE)).status_code == httpx.codes.OK
    assert (await acme.http.delete(URL)).status_code == httpx.codes.NO_CONTENT
    with pytest.raises(ContextNotFoundError):
        await contexts.get("acme")
    assert (await acme.http.get(STATE)).status_code == httpx.codes.NOT_FOUND
