"""Precision and recall on the labelled sentences, overall and on the half that no rule was fitted to."""

import pytest

from server.memory.extraction.heuristic.extractor import HeuristicExtractor
from tests.memory.extraction.scoring import FACTS, FAMILIES, Case, Outcome, load, outcomes, total

ENOUGH_SENTENCES = 320
Results = list[tuple[Case, Outcome]]


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load()


@pytest.fixture
async def results(cases: tuple[Case, ...]) -> Results:
    return await outcomes(HeuristicExtractor(), cases)


def test_there_are_enough_sentences_in_both_halves(cases: tuple[Case, ...]) -> None:
    assert len({case.text for case in cases}) == len(cases) >= ENOUGH_SENTENCES
    held_out = sum(case.half == "held-out" for case in cases)
    assert 0.4 < held_out / len(cases) < 0.6


@pytest.mark.parametrize("families", [FACTS, FAMILIES], ids=["facts", "everything"])
def test_precision_and_recall_on_all_sentences(results: Results, families: tuple[str, ...]) -> None:
    whole = total(results)
    assert whole.precision(families) >= 0.9
    assert whole.recall(families) >= 0.8


@pytest.mark.parametrize("families", [FACTS, FAMILIES], ids=["facts", "everything"])
def test_precision_and_recall_on_the_held_out_half(results: Results, families: tuple[str, ...]) -> None:
    held_out = total(results, "held-out")
    assert held_out.precision(families) >= 0.85
    assert held_out.recall(families) >= 0.75


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_is_left_behind(results: Results, family: str) -> None:
    whole = total(results)
    assert whole.precision((family,)) >= 0.75
    assert whole.recall((family,)) >= 0.6


async def test_sentences_with_nothing_to_remember_leave_nothing(cases: tuple[Case, ...]) -> None:
    silent = [case for case in cases if not any(case.expected.values())]
    results = await outcomes(HeuristicExtractor(), silent)
    loud = [case.text for case, outcome in results if any(outcome.extra[f] for f in (*FACTS, "instructions"))]
    assert len(silent) > 80
    assert len(loud) <= len(silent) // 20, loud
