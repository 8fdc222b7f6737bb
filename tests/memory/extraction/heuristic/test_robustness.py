"""Any text at all is read in time that grows with its length alone."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.memory.extraction.diff import Extraction
from server.memory.extraction.parsing import parse
from server.memory.extraction.schema import document
from tests.memory.extraction.heuristic.reading import Reader

VOCABULARY = (
    "I my sister Anna Bob 's of the and or not no longer who , . ! ? ( ) - : \" \u201c is was are works lives moved to "
    "at in from since 2019 for five years next Friday if maybe think that said never always call me name Oslo Siemens "
    "dog called actually like \u738b\u4f1f \u0410\u043d\u043d\u0430 @ http:// a@b.c \n ``` \u00e9\u0301 \U0001f44d"
)
WORDS = VOCABULARY.split(" ")
REPEATED = (
    "a",
    "I think ",
    ". ",
    '"',
    "Alice, ",
    "Bob and ",
    "the name of ",
    "Bob's ",
    "since 2019 ",
    "my sister ",
    "always use ",
    "not ",
    "(",
    "really ",
    "\U0001f44d\U0001f3fd",
    "a@",
    "http://",
    "w" * 50,
    "I am a nurse and ",
    "\n",
)
LENGTH = 6_000
FACTOR = 4
SLACK = 3
"""Quadratic work would take `FACTOR` times as long again; a busy machine may take some."""


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_of_words_gives_a_diff_that_survives_json(reader: Reader, text: str) -> None:
    extraction = await reader.read(text)
    assert parse(document(extraction)) == extraction


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_unicode_is_read(reader: Reader, text: str) -> None:
    extraction = await reader.read(text)
    assert parse(document(extraction)) == extraction


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_fact_speaks_of_listed_entities(reader: Reader, text: str) -> None:
    extraction = await reader.read(text)
    listed = {entity.ref for entity in extraction.entities}
    assert {attribute.entity for attribute in extraction.attributes} <= listed
    assert {ref for relation in extraction.relations for ref in (relation.subject, relation.object)} <= listed


@pytest.mark.parametrize("unit", REPEATED)
async def test_time_grows_with_length_and_no_faster(reader: Reader, unit: str) -> None:
    short = await _seconds(reader, unit, LENGTH)
    long = await _seconds(reader, unit, LENGTH * FACTOR)
    assert long < short * FACTOR * SLACK + 0.05


async def _seconds(reader: Reader, unit: str, length: int) -> float:
    """Of three tries the quickest: what else the machine does only ever adds."""
    text = (unit * (length // len(unit) + 1))[:length]
    tries: list[float] = []
    for _ in range(3):
        started = time.process_time()
        await reader.read(text)
        tries.append(time.process_time() - started)
    return min(tries)


@pytest.mark.slow
async def test_a_megabyte_is_read_to_its_end(reader: Reader) -> None:
    filler = "The quick brown fox jumps over the lazy dog. " * 22_000
    extraction = await reader.read(f"{filler}My name is Priya.")
    assert [attribute.value for attribute in extraction.attributes if attribute.key == "name"] == ["Priya"]


async def test_nothing_at_all_is_an_empty_diff(reader: Reader) -> None:
    for text in ("", " \n\t", "\x00", "\u200b\u202e", "?!.,"):
        assert await reader.read(text) == Extraction()
