"""Rows of one table: what they take, and that giving back the rows of what is gone changes no answer."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.index.analysis import Analyzer
from server.index.chunk import MEMORY, Chunk, Content
from server.index.products import Multiplier
from server.index.scan import Scan
from server.index.search import Question
from server.index.shelf import Shelf
from server.index.texts import Texts
from server.index.views import Views
from tests.index.world import START, World, direction

ANALYZER = Analyzer()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf(MEMORY, ANALYZER, Texts.at(None))
    yield made
    made.texts.close()


def chunk(number: int, session: str = "s", position: float = 0) -> Chunk:
    return Chunk(MEMORY, f"c{number}", frozenset(), session, position, START, START)


def surveyed(shelf: Shelf, question: Question) -> dict[object, list[float]]:
    scan = Scan(shelf, Views(shelf), question, Multiplier(1))
    survey = scan.survey(scan.best(3), ())
    return {one: [float(values[at]) for values in survey.signals.values()] for at, one in enumerate(survey.ids)}


def test_memory_stays_within_four_times_the_vectors(shelf: Shelf) -> None:
    chance = np.random.default_rng(1)
    words = [f"word{number}" for number in range(5000)]
    vectors = chance.normal(size=(2000, 256)).astype(np.float32)
    for number, vector in enumerate(vectors):
        shelf.put(chunk(number), Content(" ".join(chance.choice(words, 60)), vector))
    assert shelf.nbytes < 4 * vectors.nbytes


def test_vectors_of_another_width_find_room(shelf: Shelf) -> None:
    shelf.put(chunk(1), Content("a", np.array([1, 0], dtype=np.float32)))
    shelf.put(chunk(2), Content("b", np.array([0, 0, 1], dtype=np.float32)))
    for query, best in (([1, 0], "c1"), ([0, 0, 1, 0], "c2"), ([1, 0, 0.5], "c1")):
        question = Question("", np.array(query, dtype=np.float32), World.sees(None))
        assert Scan(shelf, Views(shelf), question, Multiplier(1)).by_vector(1)[0].id == best


def test_what_is_removed_leaves_neither_text_nor_vector(shelf: Shelf) -> None:
    shelf.put(chunk(1), Content("a secret", direction(1)))
    assert shelf.text(0) == "a secret"
    assert shelf.remove("c1")
    assert not shelf.remove("c1")
    assert not shelf.text(0).strip("\0")
    assert not shelf.vectors.any()


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=80)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_compaction_changes_no_answer(steps: list[tuple[bool, int]]) -> None:
    plain = Shelf(MEMORY, ANALYZER, Texts.at(None))
    compacted = Shelf(MEMORY, ANALYZER, Texts.at(None))
    for adding, number in steps:
        for one in (plain, compacted):
            if adding:
                content = Content(f"tulips word{number} {'more ' * number}", direction(1, number))
                one.put(chunk(number, f"s{number % 3}", number % 4), content)
            else:
                one.remove(f"c{number}")
        compacted = compacted.compacted()
    assert compacted.gone == 0
    question = Question("tulips word3 word7", direction(1, 3), World.sees(None))
    expected, found = surveyed(plain, question), surveyed(compacted, question)
    assert found.keys() == expected.keys()
    for key, values in found.items():
        assert values == pytest.approx(expected[key], abs=1e-5)
    plain.texts.close()
    compacted.texts.close()
