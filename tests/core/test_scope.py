"""The notations of a scope: what each means, and that nothing else means anything."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.errors import ValidationError
from server.core.scope import EMPTY, Attribute, Scope, as_mapping, as_text, contradicts, parse, parse_clauses

ACME_ALICE: Scope = frozenset({Attribute("org", "acme"), Attribute("user", "alice")})

KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,8}", fullmatch=True)
VALUES = st.text(min_size=1, max_size=12).filter(str.isprintable)
SCOPES = st.frozensets(st.builds(Attribute, KEYS, VALUES), max_size=8)


@pytest.mark.parametrize(
    "notation",
    [
        {"org": "acme", "user": "alice"},
        ["org=acme", "user=alice"],
        ["user=alice", "org=acme", "org=acme"],
        "org/acme/user/alice",
        "/org/acme/user/alice/",
        ["org/acme", "user=alice"],
        {"org": ["acme"], "user": ["alice"]},
    ],
)
def test_notations_that_mean_the_same(notation: object) -> None:
    assert parse(notation) == ACME_ALICE


@pytest.mark.parametrize("notation", [None, {}, []])
def test_notations_of_no_scope(notation: object) -> None:
    assert parse(notation) == EMPTY


def test_values_may_hold_what_divides_notations() -> None:
    assert parse(["path=a/b=c,d"]) == {Attribute("path", "a/b=c,d")}
    assert parse({"path": "a/b=c,d"}) == {Attribute("path", "a/b=c,d")}


@pytest.mark.parametrize(
    "notation",
    [
        *(
            "",
            "/",
            "org",
            "org/acme/user",
            "org//acme",
            "org=",
            "=acme",
            "=",
            "org=acme,user=alice",
            "org=acme/user=alice",
        ),
        *(5, 1.5, True, object(), b"org/acme"),
        *([5], [None], [["org=acme"]], ["org"], [""], [{"org": "acme"}]),
        *({"org": 5}, {"org": None}, {"org": []}, {"org": [5]}, {"org": {"a": "b"}}, {5: "a"}, {"": "a"}, {"org": ""}),
        *(
            {"or g": "a"},
            {"1org": "a"},
            {"é": "a"},
            {"o" * 65: "a"},
            {"org": "a" * 257},
            {"org": "a\n"},
            {"org": "\ud800"},
        ),
        *({"org": "\0"}, [f"k{number}=v" for number in range(17)], {"org": [f"v{number}" for number in range(17)]}),
    ],
)
def test_notations_that_mean_nothing(notation: object) -> None:
    with pytest.raises(ValidationError) as raised:
        parse(notation)
    raised.value.detail.encode()
    assert len(raised.value.detail) < 300


@given(SCOPES)
def test_a_scope_written_out_means_itself(scope: Scope) -> None:
    assert parse(as_mapping(scope)) == scope
    assert parse([str(attribute) for attribute in scope]) == scope
    assert as_text(scope).count("=") >= len(scope)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_whatever_comes_is_read_or_refused(notation: Any) -> None:
    try:
        scope = parse(notation)
    except ValidationError:
        return
    assert all(isinstance(value, str) for attribute in scope for value in attribute)


def test_clauses() -> None:
    acme, beta = parse("org/acme"), parse("org/beta")
    assert parse_clauses([["org/acme"], ["org=beta"]]) == (acme, beta)
    assert parse_clauses([["org/acme"], "org/beta", ["org=acme"]]) == (acme, beta)
    assert parse_clauses(["org=acme", "user=alice"]) == (ACME_ALICE,)
    assert parse_clauses({"org": "acme"}) == (acme,)
    assert parse_clauses([["org=acme", "user=alice"]]) == (ACME_ALICE,)
    with pytest.raises(ValidationError, match="17 clauses"):
        parse_clauses([["org=acme"]] * 17)
    with pytest.raises(ValidationError):
        parse_clauses([["org=acme"], 5])


@pytest.mark.parametrize(
    ("floor", "requested", "expected"),
    [
        ({}, {"org": "acme"}, False),
        ({"org": "acme"}, {}, False),
        ({"org": "acme"}, {"org": "acme"}, False),
        ({"org": "acme"}, {"user": "bo"}, False),
        ({"org": "acme"}, {"org": "beta"}, True),
        ({"org": "acme"}, {"org": ["acme", "beta"]}, False),
        ({"org": ["acme", "beta"]}, {"org": "acme"}, True),
    ],
)
def test_contradictions(floor: object, requested: object, expected: bool) -> None:
    assert contradicts(parse(floor), parse(requested)) is expected
