"""What kind of question it is, which names it has, and what makes it another question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.index.analysis import STOP_WORDS
from server.recall.understanding import LONGEST_NAME, MOST_NAMES, Understanding

STOP = frozenset(STOP_WORDS.split())


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Where does Alice live?", "typed"),
        ("Give me a summary of last week", "overview"),
        ("What do you know about me?", "overview"),
        ("When did we go sailing with them?", "temporal"),
        ("What did they paint in May 2023?", "temporal"),
        ("How many boats did they see?", "quantity"),
        ("Which boats did they paint?", "entity"),
        ("Did they like the boats?", "open"),
    ],
)
def test_questions_are_told_apart_by_kind(question: str, kind: str) -> None:
    assert Understanding(question).classification == kind


def test_names_are_runs_of_words_that_begin_and_end_with_no_stop_word() -> None:
    names = Understanding("Did Alice's friend of the opera sing?").names(STOP)
    assert {"alice", "friend", "opera", "sing", "alice friend", "opera sing"} <= set(names)
    assert not {"of", "the opera", "friend of"} & set(names)


@given(st.text())
def test_any_text_has_a_bounded_number_of_names(text: str) -> None:
    understanding = Understanding(text)
    names = understanding.names(STOP)
    assert len(names) <= MOST_NAMES
    assert all(1 <= len(name.split(" ")) <= LONGEST_NAME for name in names)
    assert understanding.classification


def test_names_and_numbers_are_what_is_exact() -> None:
    assert Understanding("What did Alice pay in 2023 for Room 4b?").exact == {"alice", "2023", "room", "4b"}
    assert Understanding("What did they pay?").exact == frozenset()
    assert Understanding("Alice").exact == {"alice"}


@pytest.mark.parametrize(("question", "personal"), [("What is my name?", True), ("What is his name?", False)])
def test_whoever_says_i_means_the_user(question: str, personal: bool) -> None:
    assert Understanding(question).is_personal is personal
