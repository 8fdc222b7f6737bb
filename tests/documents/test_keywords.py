"""What documents are about."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents.keywords import MAX_WORDS, keywords, normalised
from server.documents.stopwords import EVERY_STOP_WORD, STOP_WORDS

ARTICLE = """
The Object storage is for the original files. Object storage is durable, and a vector index is for similar chunks.
When the vector index is rebuilt, object storage is not touched; a search engine reads it.
"""


def test_phrases_between_small_words_are_found_and_counted() -> None:
    found = {keyword.normalised: keyword for keyword in keywords(ARTICLE, "en")}
    assert found["object storage"].count == 3
    assert found["vector index"].count == 2
    assert found["object storage"].text == "Object storage"
    assert {"search engine reads", "durable"} <= found.keys()


def test_the_best_come_first_and_score_one() -> None:
    found = keywords(ARTICLE, "en", limit=4)
    assert len(found) == 4
    assert found[0].score == 1.0
    assert [keyword.score for keyword in found] == sorted((keyword.score for keyword in found), reverse=True)


def test_scores_are_those_of_rake() -> None:
    """One phrase of two words (2 + 2), and one of a single word that stands in a phrase of two as well (3 / 2)."""
    found = {keyword.normalised: keyword.score for keyword in keywords("red ships, ships", "en")}
    assert found == {"red ships": 1.0, "ships": pytest.approx(1.5 / 3.5)}


def test_what_occurs_again_pushes_out_what_does_not() -> None:
    text = "blue whale. grey seal. blue whale. grey seal. one extraordinarily lonely phrase."
    assert {keyword.normalised for keyword in keywords(text, "en", limit=2)} == {"blue whale", "grey seal"}
    assert "extraordinarily lonely phrase" in {keyword.normalised for keyword in keywords(text, "en", limit=3)}


def test_numbers_marks_and_line_ends_divide() -> None:
    found = {keyword.normalised for keyword in keywords("alpha 42 beta\ngamma (delta) epsilon-zeta: C++ node.js", "en")}
    assert found == {"alpha", "beta", "gamma", "delta", "epsilon-zeta", "c++ node.js"}


def test_each_language_has_its_own_small_words() -> None:
    german = {keyword.normalised for keyword in keywords("Der alte Hafen und die neuen Schiffe", "de")}
    assert german == {"alte hafen", "neuen schiffe"}
    unknown = {keyword.normalised for keyword in keywords("Der alte Hafen and the new ships", None)}
    assert unknown == {"alte hafen", "new ships"}


def test_texts_without_spaces_have_keywords_too() -> None:
    assert "人工智能" in {keyword.text for keyword in keywords("人工智能的发展和人工智能的应用。", "zh")}
    assert {"検索", "データベース"} <= {
        keyword.text for keyword in keywords("データベースの検索はデータベースで行う。", "ja")
    }


@pytest.mark.parametrize("text", ["", " ", "the and of", "1 2 3", "...", "a b c", "x" * 500])
def test_a_text_may_have_none(text: str) -> None:
    assert keywords(text, "en") == []


@pytest.mark.parametrize(
    ("phrase", "form"),
    [
        ("Object  Storage", "object storage"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("\uff21\uff30\uff29", "api"),
        ("Don\u2019t", "don't"),
    ],
)
def test_the_normalised_form_is_the_same_everywhere(phrase: str, form: str) -> None:
    assert normalised(phrase) == form
    assert normalised(form) == form


@given(st.text(max_size=400), st.sampled_from([None, *STOP_WORDS, "ja", "zh"]), st.integers(1, 30))
def test_any_text_has_lawful_keywords(text: str, language: str | None, limit: int) -> None:
    found = keywords(text, language, limit=limit)
    assert len(found) <= limit
    assert len({keyword.normalised for keyword in found}) == len(found)
    for keyword in found:
        assert keyword.normalised == normalised(keyword.text)
        assert 0 < keyword.score <= 1
        assert keyword.count > 0
        assert len(keyword.normalised.split()) <= MAX_WORDS
        assert not any(unicodedata.category(character).startswith("C") for character in keyword.normalised)
        if language not in {"ja", "zh"}:
            assert not set(keyword.normalised.split()) & STOP_WORDS.get(language or "", EVERY_STOP_WORD)
