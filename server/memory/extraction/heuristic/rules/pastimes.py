"""Hobbies and languages."""

from collections.abc import Iterator, Mapping

from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import ARTICLES, SUBJECT_PRONOUNS, words

LONGEST_HOBBY = 4
NO_HOBBIES = SUBJECT_PRONOUNS | words(
    "role part with my games music tricks a professionally together outside them him her"
)
TAKEN_UP_OTHERWISE = words("space room time residence position arms")
FLUENCY = words("fluent bilingual trilingual conversational native")


def playing(reading: Reading) -> None:
    """Ólafur plays bass; I play the cello in an orchestra; I collect stamps."""
    predicate = reading.predicate
    if predicate.over or predicate.passive or predicate.perfect or (predicate.negated and not reading.ended):
        return
    for item in reading.line.items(reading.line.without_fluff(reading.unbroken(reading.object))):
        value = reading.value(item)
        said = value.lower().split()
        if (
            said
            and len(said) <= LONGEST_HOBBY
            and said[0] not in NO_HOBBIES
            and reading.line.word(item[0]) not in {"a", "an"}
        ):
            for person in reading.persons():
                reading.state(person, "hobby", value)


def taking_up(reading: Reading) -> None:
    """I took up pottery."""
    predicate, line = reading.predicate, reading.line
    start, end = reading.whole
    if line.word(start) != "up" or predicate.negated or not (predicate.past or predicate.perfect):
        return
    said = reading.bare(reading.head((start + 1, end)))
    if (
        said
        and len(said) <= LONGEST_HOBBY
        and said[-1] not in NO_HOBBIES | TAKEN_UP_OTHERWISE
        and line.word(start + 1) not in ARTICLES
    ):
        for person in reading.persons():
            reading.findings.attribute(person, "hobby", reading.value(reading.head((start + 1, end))))


def speaking(reading: Reading) -> None:
    """We speak Tagalog and English at home; besides English I speak Swahili."""
    if reading.predicate.over:
        return
    lead = reading.clause.lead
    start = lead[0] if lead[0] < lead[1] else reading.clause.start
    for value in languages(reading, (start, reading.whole[1])):
        for person in reading.persons():
            reading.state(person, "language", value)


def fluent(reading: Reading) -> None:
    """Hiroshi is fluent in German and Japanese."""
    if FLUENCY & set(reading.words[:4]) and not reading.predicate.past:
        for value in languages(reading, reading.whole):
            for person in reading.persons():
                reading.state(person, "language", value)


def languages(reading: Reading, span: Span) -> Iterator[str]:
    """The languages that words name."""
    i = span[0]
    while i < span[1]:
        length = reading.lexicon.languages.length_at(reading.line.lowers, i, span[1])
        if length:
            yield reading.line.raw((i, i + length))
        i += max(length, 1)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "play": (playing,),
    "collect": (playing,),
    "practice": (playing,),
    "practise": (playing,),
    "speak": (speaking,),
    "take": (taking_up,),
    "be": (fluent,),
}
OF_WHAT_CAN_BE: tuple[Rule, ...] = (speaking,)
