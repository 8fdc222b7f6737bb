"""Terms and traits of texts."""

import pytest

from server.index.analysis import Analyzer, traits


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


def test_terms_are_lower_case_stems_without_stop_words(analyzer: Analyzer) -> None:
    assert analyzer.terms("The Runners were running, in CAFÉS!") == ["runner", "run", "cafe"]


def test_a_term_stands_as_often_as_in_the_text(analyzer: Analyzer) -> None:
    assert analyzer.terms("dog dogs cat") == ["dog", "dog", "cat"]


def test_scripts_without_spaces_are_cut_into_pairs(analyzer: Analyzer) -> None:
    assert analyzer.terms("東京都 visit") == ["visit", "東京", "京都"]
    assert analyzer.terms("山") == ["山"]


@pytest.mark.parametrize("text", ["", " \n", "?!…", "\ud800", "a" * 10_000])
def test_odd_texts_have_few_terms_and_do_no_harm(analyzer: Analyzer, text: str) -> None:
    assert len(analyzer.terms(text.encode("utf-8", "replace").decode())) <= 1


def test_the_essence_leaves_out_what_every_question_has(analyzer: Analyzer) -> None:
    assert analyzer.essence("When did Melanie paint a sunrise?") == "Melanie paint sunrise?"
    assert analyzer.essence("Who are you?") == "Who are you?"


def test_traits_tell_questions_times_numbers_and_names() -> None:
    found = traits("I met Sam, then Kim and Joe, twice in the last week, on 3 May.")
    assert (found.asks, found.times, found.numbers, found.names) == (False, 2, 2, 3)
    assert traits("Where was it?").asks
    assert traits("Look, is this yours? [shares a photo of a dog]").asks
    assert not traits("Is it? No.").asks
