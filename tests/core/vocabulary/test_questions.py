import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.vocabulary.questions import TypedQuestion, parse_question


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Where does Alice live?", TypedQuestion("Alice", (), "location")),
        ("where do i live", TypedQuestion(None, (), "location")),
        ("What is my employer?", TypedQuestion(None, (), "employer")),
        ("What's Bob's e-mail address?", TypedQuestion("Bob", (), "email")),
        ("Where's Bob from?", TypedQuestion("Bob", (), "hometown")),
        ("How old is my daughter?", TypedQuestion(None, ("daughter",), "age")),
        ("Who is Bob's manager?", TypedQuestion("Bob", ("manager",))),
        ("Who's my best friend?", TypedQuestion(None, ("friend",))),
        ("What's my sister's husband's name?", TypedQuestion(None, ("sister", "husband"))),
        ("What is the name of my dentist?", TypedQuestion(None, ("dentist",))),
        ("Where does my sister's husband work?", TypedQuestion(None, ("sister", "husband"), "employer")),
        ("When is mom's birthday?", TypedQuestion(None, ("mother",), "birthday")),
        ("What's my favorite color?", TypedQuestion(None, (), "favourite_colour")),
        ("what is the deadline for the Helios migration?", TypedQuestion("Helios migration", (), "deadline")),
        ("Who am I married to?", TypedQuestion(None, ("spouse",))),
        ("Hey, remind me, what does Priya Raman do?", TypedQuestion("Priya Raman", (), "role")),
        ("Which languages does Hiroshi speak?", TypedQuestion("Hiroshi", (), "language")),
        ("What am I allergic to?", TypedQuestion(None, (), "allergy")),
    ],
)
def test_questions_about_one_key_of_one_entity(text: str, typed: TypedQuestion) -> None:
    assert parse_question(text) == typed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Why do people like jazz?",
        "What is love?",
        "Who is the CEO of Apple?",
        "What is the capital of France?",
        "Where does she live?",
        "What did Bob say about the budget yesterday?",
        "Where do Alice and Bob live?",
        "Summarise what we discussed.",
        "What is your name?",
    ],
)
def test_any_other_question_is_left_to_recall(text: str) -> None:
    assert parse_question(text) is None


@given(st.text(max_size=300))
def test_any_text_is_answered_or_left(text: str) -> None:
    typed = parse_question(text)
    assert typed is None or typed.key is not None or typed.ties
