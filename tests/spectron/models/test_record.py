from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from typing import Any

import pytest

from spectron.errors import ResponseError
from spectron.models.context import Context
from spectron.models.key import Key, MintedKey
from spectron.models.record import read, read_page
from tests.spectron.documents import CONTEXT, KEY, MINTED, page_of


def test_a_document_becomes_a_record() -> None:
    context = read(Context, CONTEXT)

    assert context.id == "acme"
    assert context.created_at == datetime(2026, 11, 20, 23, 56, 49, 812372, tzinfo=UTC)
    assert context.providers_configured == ("openai",)
    assert context.raw == CONTEXT


def test_fields_it_does_not_know_are_kept_in_raw_alone() -> None:
    context = read(Context, {**CONTEXT, "colour": "green", "self": 1})

    assert context.raw["colour"] == "green"
    assert not hasattr(context, "colour")


def test_fields_that_came_later_may_be_missing() -> None:
    oldest = {name: CONTEXT[name] for name in ("id", "namespace", "database", "state", "created_at")}

    assert read(Context, oldest).sources == {}


def test_a_record_can_not_be_changed() -> None:
    context = read(Context, CONTEXT)

    with pytest.raises(FrozenInstanceError):
        context.id = "other"  # type: ignore[misc]  # that it is refused is the point


def test_a_secret_is_not_in_the_text_form() -> None:
    key = read(MintedKey, MINTED)

    assert key.secret == MINTED["secret"]
    assert str(MINTED["secret"]) not in repr(key)


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_what_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(ResponseError, match="Expected a JSON object that describes a Key"):
        read(Key, document)


def test_a_document_of_another_kind_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(ResponseError, match=r"does not describe a Key: created_at: .*; .*versions"):
        read(Key, {**KEY, "created_at": "yesterday", "scope_floor": 3})


@pytest.mark.parametrize("document", [None, {}, {"keys": None}, {"keys": {}}])
def test_a_page_without_its_list_is_refused(document: Any) -> None:
    with pytest.raises(ResponseError, match="list of keys"):
        read_page(Key, document, key="keys")


def test_a_page_with_a_wrong_cursor_is_refused() -> None:
    with pytest.raises(ResponseError, match="page of keys"):
        read_page(Key, {"keys": [], "next_cursor": 3}, key="keys")


def test_a_page_is_its_items() -> None:
    page = read_page(Key, page_of("keys", KEY, KEY, cursor="next"), key="keys")

    assert [key.id for key in page] == ["k3y", "k3y"]
    assert (len(page), page.next_cursor, page.has_more) == (2, "next", True)
