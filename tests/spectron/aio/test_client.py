from collections.abc import AsyncIterator, Callable
from typing import assert_type

import httpx
import pytest

from spectron import AsyncSpectronManagement, AuditEvent, Context, DeletionPreview, MintedKey, Page
from tests.spectron.calls import EXAMPLES
from tests.spectron.documents import CONTEXT, EVENT, HEALTH, MINTED, REMOVAL, page_of
from tests.spectron.exchange import Exchange, answer

KEY = "mgmt-id-secret"


def client(exchange: Exchange, url: str = "http://server.test") -> AsyncSpectronManagement:
    return AsyncSpectronManagement(url, KEY, transport=exchange.transport)


@pytest.mark.parametrize("name", EXAMPLES)
async def test_each_call_makes_its_request_and_reads_its_answer(name: str) -> None:
    example = EXAMPLES[name]
    exchange = Exchange(answer(example.status, example.answer))

    async with client(exchange) as admin:
        result = await example.call(admin)

    assert exchange.lines == [example.line]
    assert exchange.body() == example.body
    assert exchange.last.headers["authorization"] == f"Bearer {KEY}"
    if example.result is None:
        assert result is None
    else:
        assert type(result) is example.result
        assert result.raw == example.answer


async def test_answers_are_typed() -> None:
    exchange = Exchange(
        answer(200, CONTEXT),
        answer(200, REMOVAL),
        answer(204),
        answer(200, page_of("contexts", CONTEXT)),
        answer(201, MINTED),
    )

    async with client(exchange) as admin:
        assert_type(await admin.contexts.get("acme"), Context)
        assert_type(await admin.contexts.delete("acme", dry_run=True), DeletionPreview)
        assert_type(await admin.contexts.delete("acme"), None)
        page = assert_type(await admin.contexts.list(), Page[Context])
        key = assert_type(await admin.contexts("acme").keys.create(name="worker"), MintedKey)

    assert [context.config["token_limit"] for context in page] == [1000]
    assert len(page) == 1
    assert key.secret == MINTED["secret"]


async def test_iterating_walks_through_every_page() -> None:
    second = {**CONTEXT, "id": "beta"}
    exchange = Exchange(
        answer(200, page_of("contexts", CONTEXT, cursor="acme")), answer(200, page_of("contexts", second))
    )

    async with client(exchange) as admin:
        contexts = assert_type(admin.contexts.iterate(page_size=1), AsyncIterator[Context])
        assert [context.id async for context in contexts] == ["acme", "beta"]

    assert exchange.lines == ["GET /api/v1/contexts?limit=1", "GET /api/v1/contexts?limit=1&cursor=acme"]


async def test_audit_is_walked_with_its_filter() -> None:
    exchange = Exchange(answer(200, page_of("events", EVENT, cursor="e1")), answer(200, page_of("events", EVENT)))

    async with client(exchange) as admin:
        events = assert_type(admin.contexts("acme").iterate_audit(kind="key"), AsyncIterator[AuditEvent])
        assert len([event async for event in events]) == 2

    assert exchange.lines == [
        "GET /api/v1/contexts/acme/audit?kind=key",
        "GET /api/v1/contexts/acme/audit?kind=key&cursor=e1",
    ]


async def test_the_environment_says_where_and_with_which_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECTRON_URL", "https://elsewhere.test/below")
    monkeypatch.setenv("SPECTRON_API_KEY", "mgmt-of-environment")
    exchange = Exchange(answer(200, HEALTH), answer(200, HEALTH))

    async with AsyncSpectronManagement(transport=exchange.transport) as admin:
        await admin.health()
    async with AsyncSpectronManagement(api_key="", transport=exchange.transport) as anonymous:
        await anonymous.health()

    first, second = exchange.requests
    assert str(first.url) == "https://elsewhere.test/below/api/v1/health"
    assert first.headers["authorization"] == "Bearer mgmt-of-environment"
    assert "authorization" not in second.headers


async def test_without_any_word_it_is_the_server_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPECTRON_URL", raising=False)

    async with AsyncSpectronManagement() as admin:
        assert admin.url == "http://127.0.0.1:9090"


async def test_its_text_form_hides_the_key() -> None:
    async with client(Exchange()) as admin:
        assert repr(admin) == "<AsyncSpectronManagement http://server.test>"


async def test_ids_can_not_lead_to_another_path() -> None:
    exchange = Exchange(answer(200, CONTEXT))

    async with client(exchange) as admin:
        await admin.contexts.get("../a/b?c#d%2e")

    assert exchange.lines == ["GET /api/v1/contexts/..%2Fa%2Fb%3Fc%23d%252e"]


async def test_closing_closes_the_transport() -> None:
    closed: list[str] = []

    class Watched(httpx.AsyncBaseTransport):
        def __init__(self, note: Callable[[str], None]) -> None:
            self.note = note

        async def aclose(self) -> None:
            self.note("closed")

    async with AsyncSpectronManagement("http://server.test", KEY, transport=Watched(closed.append)):
        pass

    assert closed == ["closed"]
