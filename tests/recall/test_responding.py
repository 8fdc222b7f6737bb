"""Who answers: a model in its time, or the evidence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.control.contexts import Open
from server.recall.extractive import Extract
from server.recall.responding import OFFLINE, Briefing, Responding, Response
from tests.models.scripted_server import Reply, ScriptedServer
from tests.models.test_language import streamed
from tests.support.app import App, running
from tests.support.clock import START

BRIEFING = Briefing("Answer.", (), (), (), "Where?", START)


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def app(tmp_path: Path, provider: ScriptedServer) -> AsyncIterator[App]:
    async with running(tmp_path, provider_urls={"openai": provider.url}) as started:
        await started.context(config={"providers": {"openai": "sk-test"}})
        yield started


@pytest.fixture
async def opened(app: App) -> AsyncIterator[Open]:
    async with app.server.control.contexts.opened("acme") as found:
        yield found


async def otherwise() -> Extract:
    return Extract("From memory.")


@pytest.mark.parametrize("live", [False, True])
async def test_a_model_that_does_not_begin_in_time_is_done_without(
    app: App, opened: Open, provider: ScriptedServer, live: bool
) -> None:
    provider.script(Reply(hang=True))
    responding = Responding(app.server.control.models, first_word_seconds=0.05)
    responder = await responding.responder(opened, "openai/tiny")
    *pieces, whole = [one async for one in responding.respond(opened, responder, BRIEFING, otherwise, live=live)]
    assert pieces == ["From memory."]
    assert isinstance(whole, Response)
    assert (whole.model, whole.tokens) == (OFFLINE, 0)
    assert "did not begin to answer" in str(whole.note)
    assert 'provider="openai",reason="timeout"} 1.0' in app.server.metrics.render().decode()


async def test_one_that_has_begun_may_take_its_time(app: App, opened: Open, provider: ScriptedServer) -> None:
    provider.script(streamed("openai", "Lis", "bon."))
    responding = Responding(app.server.control.models, first_word_seconds=5)
    responder = await responding.responder(opened, "openai/tiny")
    *pieces, whole = [one async for one in responding.respond(opened, responder, BRIEFING, otherwise, live=True)]
    assert pieces == ["Lis", "bon."]
    assert whole == Response("Lisbon.", "openai/tiny", (), 16)


async def test_whoever_stops_listening_pays_for_what_was_said(app: App, opened: Open, provider: ScriptedServer) -> None:
    provider.script(streamed("openai", "Lis", "bon."))
    responding = Responding(app.server.control.models)
    responder = await responding.responder(opened, "openai/tiny")
    pieces = responding.respond(opened, responder, BRIEFING, otherwise, live=True)
    assert await anext(pieces) == "Lis"
    await pieces.aclose()
    assert responder.tally.tokens > 0
    assert await app.server.control.ledger.used("acme") == responder.tally.tokens
