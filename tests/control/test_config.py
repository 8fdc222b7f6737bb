"""The configuration of a Context: layers, patches, and what is said of wrong ones."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.control.config import ContextConfig, effective, patched, split
from server.control.merge import leaves, merge
from server.core.errors import ValidationError

NAMES = st.sampled_from(["a", "b", "c"])
DOCUMENTS = st.recursive(
    st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
).flatmap(lambda value: st.just(value) if isinstance(value, dict) else st.just({"a": value}))


@pytest.mark.parametrize(
    ("base", "patch", "expected"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
        ({"a": {"b": 1}}, {"a": None}, {}),
        ({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ({"a": {"b": 1}}, {"a": 5}, {"a": 5}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({}, {"a": {"b": None}}, {"a": {}}),
        ({"a": 1}, {}, {"a": 1}),
    ],
)
def test_merging(base: dict[str, Any], patch: dict[str, Any], expected: dict[str, Any]) -> None:
    before = repr(base)
    assert merge(base, patch) == expected
    assert repr(base) == before


@given(base=DOCUMENTS, patch=DOCUMENTS)
def test_a_patch_is_all_there_after_merging_and_merging_again_changes_nothing(
    base: dict[str, Any], patch: dict[str, Any]
) -> None:
    merged = merge(base, patch)
    assert dict(leaves(patch)).items() <= dict(leaves(merged)).items()
    assert merge(merged, patch) == merged


def test_every_leaf_has_a_source() -> None:
    result = effective({"token_limit": 5, "models": {"response": "a/b"}}, {"models": {"response": "c/d"}})
    assert result.config.models.response == "c/d"
    assert set(result.sources) == {name for name, _ in leaves(ContextConfig().model_dump())}
    assert (result.sources["models.response"], result.sources["token_limit"]) == ("context", "server")


def test_provider_keys_are_taken_out() -> None:
    patch = split({"providers": {"openai": "key", "old": None}, "token_limit": 1})
    assert patch.config == {"token_limit": 1}
    assert patch.providers == {"openai": "key", "old": None}
    assert split({}).providers == {}
    assert split({"providers": None}).providers is None


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"modles": {}}, "config.modles is not a known key; did you mean 'models'?"),
        ({"models": {"responce": "a/b"}}, "config.models.responce is not a known key; did you mean 'response'?"),
        ({"cache": {"semantic_ttl": 1}}, "did you mean 'semantic_ttl_seconds'?"),
        ({"zzzzzz": 1}, "known are cache, extraction, ingestion"),
        ({"token_limit": "5"}, "config.token_limit: Input should be a valid integer."),
        ({"extraction": {"stage1_threshold": True}}, "config.extraction.stage1_threshold"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(document: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        patched({}, {}, document)
    assert said in raised.value.detail


def test_whole_numbers_do_for_fractions() -> None:
    assert (
        effective({}, patched({}, {}, {"extraction": {"stage1_threshold": 1}})).config.extraction.stage1_threshold == 1
    )


def test_what_was_valid_when_it_was_set_can_be_read_under_other_defaults() -> None:
    overrides = patched({}, {}, {"ingestion": {"chunk_overlap": 200}})
    assert effective({"ingestion": {"chunk_size": 100}}, overrides).config.ingestion.chunk_overlap == 200
