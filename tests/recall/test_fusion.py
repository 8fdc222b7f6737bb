"""From signals to one score: always a share, more for more, and what the question asks for counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.index.chunk import MEMORY
from server.index.search import Signal, Survey
from server.recall.asking import Mode
from server.recall.dates import spans
from server.recall.fusion import WEIGHTS, fused, relevant
from server.recall.understanding import Understanding
from tests.index.world import later

NAMES = (
    "words", "coverage", "window", "group", "cosine", "around", "length", "asks", "answers", "answers_match", "times",
    "numbers", "names",
)  # fmt: skip
OPEN = Understanding("Did they like boats?")


def survey(*candidates: dict[str, float], days: tuple[float, ...] = ()) -> Survey:
    signals: dict[str, Signal] = {
        name: np.array([one.get(name, 0.0) for one in candidates], dtype=np.float32) for name in NAMES
    }
    said_at = np.array([later(day).timestamp() for day in days or [0.0] * len(candidates)])
    return Survey(
        MEMORY, [f"c{number}" for number in range(len(candidates))], ["s"] * len(candidates), said_at, signals
    )


@pytest.mark.parametrize("mode", ["vector", "bm25", "hybrid", "hybrid_graph"])
@given(values=st.lists(st.floats(-1, 3, width=32), min_size=len(NAMES), max_size=len(NAMES)))
def test_every_score_is_between_zero_and_one(mode: Mode, values: list[float]) -> None:
    (score,) = fused(survey(dict(zip(NAMES, values, strict=True))), mode, OPEN, {})
    assert 0 <= score <= 1


@pytest.mark.parametrize(
    ("mode", "name"),
    [(mode, name) for mode, weights in WEIGHTS.items() for name, weight in weights.items() if weight > 0],
)
def test_more_of_what_counts_is_better(mode: Mode, name: str) -> None:
    if name in {"linked", "bridged"}:
        less, more = fused(survey({}, {}), mode, OPEN, {name: np.array([0, 1], dtype=np.float32)})
    else:
        less, more = fused(survey({}, {name: 1.0}), mode, OPEN, {})
    assert more > less


def test_only_the_graph_mode_looks_around() -> None:
    alone, within = fused(survey({}, {"window": 1.0, "group": 1.0}), "hybrid", OPEN, {})
    assert alone == within


@pytest.mark.parametrize(
    ("question", "name"),
    [("When did they sail?", "times"), ("How many boats?", "numbers"), ("Which boats?", "names")],
)
def test_what_the_question_asks_for_counts(question: str, name: str) -> None:
    asked, other = Understanding(question), OPEN
    candidates = survey({}, {name: 1.0})
    gained = np.diff(fused(candidates, "hybrid", asked, {})) - np.diff(fused(candidates, "hybrid", other, {}))
    assert gained[0] > 0


def test_a_named_date_prefers_what_was_said_then() -> None:
    asked = Understanding("What was said in January 2026?")
    assert spans(asked.query)
    then, long_after = fused(survey({}, {}, days=(3, 300)), "hybrid", asked, {})
    assert then > long_after


def test_relevant_is_what_has_a_word_or_is_of_the_time() -> None:
    candidates = survey({"coverage": 0.1}, {"window": 0.1}, {"cosine": 0.9}, days=(300, 300, 3))
    assert relevant(candidates, OPEN).tolist() == [True, True, False]
    assert relevant(candidates, Understanding("What was said in January 2026?")).tolist() == [True, True, True]
