import pytest

from server.memory.extraction.heuristic.sentences import LONGEST, sentences


def split(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live here. You do not! Why?", ["I live here.", "You do not!", "Why?"]),
        ("Dr. Chen and Mrs. Diaz met J. R. Smith.", ["Dr. Chen and Mrs. Diaz met J. R. Smith."]),
        ("It costs 4.1 percent, e.g. more than 3.9.", ["It costs 4.1 percent, e.g. more than 3.9."]),
        ("one\ntwo\n\nthree", ["one", "two", "three"]),
        ("- first\n* second\n3. third", ["first", "second", "third"]),
        (
            "\u6211\u4f4f\u5728\u5317\u4eac\u3002\u4f60\u5462\uff1f",
            ["\u6211\u4f4f\u5728\u5317\u4eac\u3002", "\u4f60\u5462\uff1f"],
        ),
        ("Wait... what?", ["Wait...", "what?"]),
        ("", []),
    ],
)
def test_text_is_cut_where_sentences_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_a_question_mark_makes_a_question() -> None:
    assert [sentence.question for sentence in sentences("Is it? It is. (Really?)")] == [True, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "```\nI live in Rome\n```",
        "> I live in Rome",
        "2026-03-18T10:00:00 INFO I live in Rome",
        "ValueError: I live in Rome",
        "const a = {b: c}; // I live in Rome",
    ],
)
def test_what_nobody_says_in_their_own_name_is_left_out(text: str) -> None:
    assert split(text) == []


def test_quoted_names_stay_and_quoted_speech_goes() -> None:
    assert split('My dog "Rex" barks.') == ["My dog Rex barks."]
    assert split('He said "I am tired of this" and left.') == ["He said   and left."]


def test_endless_text_is_cut_into_bounded_pieces() -> None:
    pieces = split("word " * 10_000 + "x" * 5_000)
    assert max(map(len, pieces)) <= LONGEST
    assert sum(piece.count("word") for piece in pieces) == 10_000
    assert sum(piece.count("x") for piece in pieces) == 5_000
