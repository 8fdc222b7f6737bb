import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.errors import ValidationError
from server.memory.extraction.diff import (
    Attribute,
    Correction,
    Entity,
    EntityRef,
    Extraction,
    Instruction,
    Relation,
    Uncertainty,
)
from server.memory.extraction.parsing import parse
from server.memory.extraction.schema import SCHEMA, document

TEXT = st.text(min_size=1, max_size=12).filter(lambda text: text == text.strip() and bool(text))
REF = st.builds(EntityRef, TEXT, TEXT)
CATEGORY = st.sampled_from(["identity", "knowledge", "context"])
BEGIN = st.none() | st.datetimes(max_value=datetime(1999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds it
END = st.none() | st.datetimes(min_value=datetime(2001, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds it
CONFIDENCE = st.floats(0, 1)
EXTRACTIONS = st.builds(
    Extraction,
    entities=st.lists(st.builds(Entity, TEXT, TEXT, st.lists(TEXT, max_size=2).map(tuple), CATEGORY), max_size=2).map(
        tuple
    ),
    attributes=st.lists(
        st.builds(
            Attribute, REF, TEXT, TEXT, CATEGORY, CONFIDENCE, BEGIN, END, st.none() | TEXT, st.booleans(), st.booleans()
        ),
        max_size=2,
    ).map(tuple),
    relations=st.lists(
        st.builds(Relation, REF, TEXT, REF, CATEGORY, CONFIDENCE, BEGIN, END, st.none() | TEXT, st.booleans()),
        max_size=2,
    ).map(tuple),
    instructions=st.lists(st.builds(Instruction, TEXT, TEXT), max_size=2).map(tuple),
    uncertainties=st.lists(st.builds(Uncertainty, TEXT, TEXT), max_size=2).map(tuple),
    corrections=st.lists(st.builds(Correction, REF, TEXT, TEXT, st.none() | TEXT), max_size=2).map(tuple),
)


@given(EXTRACTIONS)
def test_a_diff_survives_the_way_through_json(extraction: Extraction) -> None:
    assert parse(json.loads(json.dumps(document(extraction)))) == extraction


def test_what_a_reader_can_fill_in_may_be_absent() -> None:
    minimal = {"attributes": [{"entity": {"type": "Person", "name": "Bob"}, "key": "likes", "value": "tea"}]}
    assert parse(minimal).attributes == (Attribute(EntityRef("Person", "Bob"), "likes", "tea", "identity"),)
    assert parse({}) == Extraction()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ([], "$: expected an object, got []"),
        ({"attributes": {}}, "$.attributes: expected a list, got {}"),
        ({"facts": []}, "$: unknown field 'facts'"),
        (
            {"attributes": [{"entity": {"type": "Person"}, "key": "a", "value": "b"}]},
            "$.attributes[0].entity.name: expected a non",
        ),
        (
            {"attributes": [{"entity": "Bob", "key": "a", "value": "b"}]},
            "$.attributes[0].entity: expected an object, got 'Bob'",
        ),
        ({"instructions": [{"label": "x", "description": " "}]}, "$.instructions[0].description: expected a non-empty"),
        (
            {"entities": [{"type": "Person", "name": "Bob", "aliases": [1]}]},
            "$.entities[0].aliases: expected a list of non-empty",
        ),
        (
            {"entities": [{"type": "Person", "name": "Bob", "memory_category": "x"}]},
            "memory_category: expected one of identity",
        ),
        (
            {"corrections": [{"entity": {"type": "a", "name": "b"}, "key": "c"}]},
            "$.corrections[0]: expected old, new or both",
        ),
    ],
)
def test_each_mistake_is_named_with_its_place(wrong: object, complaint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse(wrong)
    assert complaint in caught.value.detail


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("confidence", 2, "expected a number from 0 to 1, got 2"),
        ("confidence", True, "expected a number from 0 to 1, got True"),
        ("negated", "no", "expected true or false, got 'no'"),
        ("valid_from", "yesterday", "expected an RFC 3339 time"),
        ("valid_from", "2026-03-18T12:00:00", "expected an RFC 3339 time with an offset"),
        ("value", 7, "expected a non-empty string, got 7"),
    ],
)
def test_each_field_of_an_attribute_is_checked(field: str, value: object, complaint: str) -> None:
    attribute: dict[str, Any] = {"entity": {"type": "Person", "name": "Bob"}, "key": "a", "value": "b", field: value}
    with pytest.raises(ValidationError, match=rf"\$\.attributes\[0\]\.{field}") as caught:
        parse({"attributes": [attribute]})
    assert complaint in caught.value.detail


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    attribute = {
        "entity": {"type": "Person", "name": "Bob"},
        "key": "employer",
        "value": "Acme",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": "2025-01-01T00:00:00Z",
    }
    with pytest.raises(ValidationError, match="valid_until lies before valid_from"):
        parse({"attributes": [attribute]})


def test_many_mistakes_are_counted_rather_than_all_told() -> None:
    with pytest.raises(ValidationError, match="and 14 more"):
        parse({"uncertainties": [{} for _ in range(12)]})


def test_the_schema_is_closed_and_names_what_a_diff_holds() -> None:
    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["required"] == list(document(Extraction()))
