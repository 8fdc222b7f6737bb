"""The forms of verbs, made from their base forms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Form = Literal["base", "third", "past", "participle", "ing"]
VOWELS = frozenset("aeiou")
SHORTEST_TYPO = 4


@dataclass(frozen=True, slots=True)
class Verb:
    """One reading of a word: which verb, in which form."""

    lemma: str
    form: Form


def inflections(regular: Sequence[str], irregular: Sequence[str]) -> Mapping[str, tuple[Verb, ...]]:
    """Each form with its readings; two neighbouring letters swapped still count where that makes no other word."""
    readings: dict[str, dict[Verb, None]] = {}

    def add(word: str, lemma: str, form: Form) -> None:
        readings.setdefault(word, {})[Verb(lemma, form)] = None

    add("has", "have", "third")
    for entry in irregular:
        lemma, past, participle = entry.split("/")
        for word, form in _present(lemma):
            add(word, lemma, form)
        add(past, lemma, "past")
        add(participle, lemma, "participle")
    for lemma in regular:
        for word, form in (*_present(lemma), *_past(lemma)):
            add(word, lemma, form)
    for word in list(readings):
        for typo in swapped(word):
            if typo not in readings:
                readings[typo] = readings[word]
    return {word: tuple(found) for word, found in readings.items()}


def swapped(word: str) -> Iterator[str]:
    """The word with two neighbouring inner letters swapped, the commonest slip of fast typing."""
    if len(word) < SHORTEST_TYPO:
        return
    for i in range(1, len(word) - 1):
        if word[i] != word[i + 1]:
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _present(lemma: str) -> Iterator[tuple[str, Form]]:
    yield lemma, "base"
    if lemma.endswith(("s", "x", "z", "ch", "sh", "o")):
        yield f"{lemma}es", "third"
    elif _consonant_y(lemma):
        yield f"{lemma[:-1]}ies", "third"
    else:
        yield f"{lemma}s", "third"
    yield from ((stem + "ing", "ing") for stem in _stems(lemma))
    if lemma.endswith("ie"):
        yield f"{lemma[:-2]}ying", "ing"


def _past(lemma: str) -> Iterator[tuple[str, Form]]:
    for stem in _stems(lemma):
        word = f"{lemma[:-1]}ied" if _consonant_y(lemma) else f"{stem}ed"
        yield word, "past"
        yield word, "participle"


def _stems(lemma: str) -> Iterator[str]:
    """What endings are put on: make gives mak, stop gives stop and stopp (spellings differ, so both)."""
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")) and len(lemma) > len("be"):
        yield lemma[:-1]
        return
    yield lemma
    last = lemma[-3:]
    if len(last) == 3 and last[0] not in VOWELS and last[1] in VOWELS and last[2] not in VOWELS | set("wxy"):  # noqa: PLR2004 - a consonant, a vowel, a consonant
        yield lemma + lemma[-1]


def _consonant_y(lemma: str) -> bool:
    return lemma.endswith("y") and lemma[-2] not in VOWELS
