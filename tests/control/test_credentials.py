"""The text of keys, and the ids that can be told from made-up ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.control.credentials import Credential, KeyIds, parse
from server.core.ids import Ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mgmt-id-secret", Credential("management", None, "id", "secret")),
        ("sk-acme-id-secret", Credential("context", "acme", "id", "secret")),
        ("sk-acme-prod-eu-id-secret", Credential("context", "acme-prod-eu", "id", "secret")),
        ("sk-mgmt-id-secret", Credential("context", "mgmt", "id", "secret")),
        ("sk-sk-id-secret", Credential("context", "sk", "id", "secret")),
    ],
)
def test_texts_that_are_keys(text: str, expected: Credential) -> None:
    assert parse(text) == expected
    assert str(expected) == text
    assert "secret" not in repr(expected)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "-",
            "--",
            "---",
            "mgmt",
            "mgmt-id",
            "mgmt--secret",
            "mgmt-id-",
            "sk-id-secret",
            "sk--id-secret",
            "sk-acme-id-",
        ),
        *(
            "mgmt-x-id-secret",
            "key-acme-id-secret",
            "MGMT-id-secret",
            "mgmt-id-sec ret",
            "mgmt-id-secrét",
            "mgmt-id-\ud800",
        ),
        *("mgmt-id-" + "s" * 300, "mgmt-\x00-secret", "mgmt-id-secret\n", "sk-acme-i_d-secret"),
    ],
)
def test_texts_that_are_none(text: str) -> None:
    assert parse(text) is None


@given(st.text())
def test_any_text_is_read_or_is_none(text: str) -> None:
    credential = parse(text)
    assert credential is None or str(credential) == text


def test_ids_given_out_here_are_recognised_and_others_are_not() -> None:
    key_ids = KeyIds(b"a key", Ids())
    ids = {key_ids.make() for _ in range(200)}
    assert len(ids) == 200
    assert all(key_ids.genuine(key_id) for key_id in ids)
    assert not any(KeyIds(b"another key", Ids()).genuine(key_id) for key_id in ids)
    assert not any(key_ids.genuine(Ids().id()) for _ in range(2000))


@given(st.text(max_size=20))
def test_odd_ids_are_not_genuine(text: str) -> None:
    assert not KeyIds(b"a key", Ids()).genuine(text.replace("\ud800", ""))
