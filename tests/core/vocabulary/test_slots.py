import pytest

from server.core.vocabulary.keys import KEYS, key_named
from server.core.vocabulary.slots import SLOTS, key_from_noun, key_of_noun
from server.core.vocabulary.ties import TIES


@pytest.mark.parametrize(
    ("noun", "key"),
    [
        ("job", "role"),
        ("home address", "address"),
        ("new phone number", "phone"),
        ("favorite color", "favourite_colour"),
        ("favourite ice cream flavor", "favourite_ice_cream_flavour"),
        ("shoe size", None),
    ],
)
def test_nouns_ask_for_keys(noun: str, key: str | None) -> None:
    assert key_of_noun(noun.split()) == key


def test_nouns_outside_the_table_make_keys_of_their_own() -> None:
    assert key_from_noun(["shoe", "size"]) == "shoe_size"
    assert key_from_noun(["wi-fi", "password"]) == "wi_fi_password"


def test_every_noun_asks_for_a_key_of_the_table() -> None:
    assert set(SLOTS.values()) <= KEYS.keys()


def test_keys_outside_the_table_hold_one_value() -> None:
    assert not key_named("shoe_size").many
    assert key_named("favourite_band").category == "identity"
    assert key_named("likes").many


def test_no_word_is_a_tie_and_asks_for_a_value() -> None:
    assert TIES.keys() & SLOTS.keys() == set()


def test_plurals_share_the_label_of_their_singular() -> None:
    assert TIES["sisters"].label == TIES["sister"].label == "sister"
    assert TIES["children"].plural
    assert TIES["mother in law"] == TIES["mother-in-law"]
