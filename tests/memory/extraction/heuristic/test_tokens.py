import pytest

from server.memory.extraction.heuristic.tokens import tokenise


def lowers(text: str) -> list[str]:
    return [token.lower for token in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm Bob's friend", ["i", "am", "bob", "'s", "friend"]),
        ("don't, can't, won't", ["do", "not", ",", "can", "not", ",", "will", "not"]),
        ("im not gonna", ["i", "am", "not", "going", "to"]),
        ("O'Connell-Byrne", ["o'connell-byrne"]),
        ("it\u2019s 6:40 on 2026-03-18", ["it", "'s", "6:40", "on", "2026-03-18"]),
        ("$1,500 or 62k", ["$1,500", "or", "62k"]),
        (
            "jo.king@example.org or https://a.example/x?y=1.",
            ["jo.king@example.org", "or", "https://a.example/x?y=1", "."],
        ),
        ("C++, C# and Next.js", ["c++", ",", "c#", "and", "next.js"]),
        ("the U.S. and Dr. Who", ["the", "u.s.", "and", "dr.", "who"]),
        ("a 29-year-old", ["a", "29-year-old"]),
        ("works @ dell", ["works", "at", "dell"]),
    ],
)
def test_words_are_read_as_what_they_mean(text: str, expected: list[str]) -> None:
    assert lowers(text) == expected


def test_tokens_say_where_they_stand() -> None:
    text = "My sister's name isn't Zo\u00eb \U0001f600."
    for token in tokenise(text):
        assert text[token.start : token.end] == token.text


def test_letters_without_case_count_as_capitals() -> None:
    capitals = [
        token.text for token in tokenise("\u738b\u4f1f met iPhone users in Oslo, 5 of them") if token.capitalised
    ]
    assert capitals == ["\u738b\u4f1f", "iPhone", "Oslo"]
