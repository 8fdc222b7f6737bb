"""Names and the keys made of them."""

import pytest

from server.core.scope import EMPTY, parse
from server.memory.names import canonical_type, current_key, entity_id, folded, normalised, tidied


@pytest.mark.parametrize(
    ("given", "shown", "compared"),
    [
        ("  Alice   Johnson ", "Alice Johnson", "alice johnson"),
        ('"Acme Corp."', "Acme Corp", "acme corp"),
        ("\u201cThe Globe\u201d,", "The Globe", "the globe"),
        ("STRASSE", "STRASSE", "strasse"),
        ("Stra\u00dfe", "Stra\u00dfe", "strasse"),
        ("\ufb01ne", "\ufb01ne", "fine"),
        ("Acme (UK)", "Acme (UK)", "acme (uk)"),
        (".NET", ".NET", ".net"),
        ("!!!", "!!!", "!!!"),
        ("x" * 400, "x" * 256, "x" * 256),
    ],
)
def test_names_are_compared_without_what_they_were_wrapped_in(given: str, shown: str, compared: str) -> None:
    assert tidied(given) == shown
    assert normalised(given) == compared


def test_known_types_have_one_spelling() -> None:
    assert canonical_type(" person ") == "Person"
    assert canonical_type("Spaceship") == "Spaceship"


def test_a_name_is_one_row_in_a_scope_and_another_in_the_next() -> None:
    alice, acme = parse("user/alice"), parse("org/acme")
    assert entity_id("person", "Bob ", alice) == entity_id("Person", "bob", alice)
    assert entity_id("Person", "bob", alice) != entity_id("Person", "bob", acme)
    assert entity_id("Person", "bob", alice) != entity_id("Animal", "bob", alice)


def test_scopes_and_parts_cannot_be_confused() -> None:
    joined, apart = parse({"a": "1,b=2"}), parse({"a": "1", "b": "2"})
    assert entity_id("Person", "bob", joined) != entity_id("Person", "bob", apart)
    assert current_key(joined, "x") != current_key(apart, "x")
    assert current_key(EMPTY, "ab", "c") != current_key(EMPTY, "a", "bc")


def test_a_text_is_folded_whole() -> None:
    assert folded("Stra\u00dfe  to " + "x" * 400) == "strasse to " + "x" * 400
