from collections.abc import Iterator
from typing import assert_type

import pytest

from spectron import Context, DeletionPreview, MintedKey, NotFoundError, Page, SpectronManagement
from tests.spectron.calls import EXAMPLES
from tests.spectron.documents import CONTEXT, HEALTH, MINTED, REMOVAL, page_of
from tests.spectron.exchange import Exchange, answer, problem


def client(exchange: Exchange, waits: list[float] | None = None) -> SpectronManagement:
    noted: list[float] = [] if waits is None else waits
    return SpectronManagement(
        "http://server.test", "mgmt-id-secret", transport=exchange.transport, sleep=noted.append, random=lambda: 1.0
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_call_makes_its_request_and_reads_its_answer(name: str) -> None:
    example = EXAMPLES[name]
    exchange = Exchange(answer(example.status, example.answer))

    with client(exchange) as admin:
        result = example.call(admin)

    assert exchange.lines == [example.line]
    assert exchange.body() == example.body
    if example.result is None:
        assert result is None
    else:
        assert type(result) is example.result
        assert result.raw == example.answer


def test_answers_are_typed() -> None:
    exchange = Exchange(
        answer(200, CONTEXT), answer(200, REMOVAL), answer(200, page_of("contexts", CONTEXT)), answer(201, MINTED)
    )

    with client(exchange) as admin:
        assert_type(admin.contexts.get("acme"), Context)
        assert_type(admin.contexts.delete("acme", dry_run=True), DeletionPreview)
        assert_type(admin.contexts.list(), Page[Context])
        assert_type(admin.contexts("acme").keys.create(name="worker"), MintedKey)


def test_iterating_walks_through_every_page() -> None:
    exchange = Exchange(
        answer(200, page_of("contexts", CONTEXT, cursor="acme")),
        answer(200, page_of("contexts", {**CONTEXT, "id": "beta"})),
    )

    with client(exchange) as admin:
        contexts = assert_type(admin.contexts.iterate(), Iterator[Context])
        assert [context.id for context in contexts] == ["acme", "beta"]


def test_what_fails_for_a_moment_is_repeated_after_a_wait() -> None:
    waits: list[float] = []
    exchange = Exchange(problem(503, "unavailable", retry_after="2"), answer(200, HEALTH))

    with client(exchange, waits) as admin:
        assert admin.health().status == "ok"

    assert waits == [pytest.approx(2.2)]


def test_a_refusal_is_an_error_of_its_kind() -> None:
    with client(Exchange(problem(404, "context-not-found"))) as admin, pytest.raises(NotFoundError):
        admin.contexts.get("acme")
