"""Likes, dislikes, preferences, fears and skills."""

from collections.abc import Iterator, Mapping

from server.core.vocabulary.ties import TIES
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.locality import place
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import (
    ADVERBS,
    ARTICLES,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    words,
)

LIKING = words("like love enjoy adore fancy")
LOATHING = words("hate dislike detest loathe despise")
BEARING = words("stand bear")
NO_TASTES = SUBJECT_PRONOUNS | words(
    "him her me us them your yours one everything so these those to how when what whenever being-called each myself"
)
OWN_PEOPLE = words("job life family wife husband kids mom dad boyfriend girlfriend partner")
STOPS = words("because when whenever since if while but so although though after before than during as until once")
HABITUAL = (("on", "weekends"), ("at", "weekends"), ("on", "weekdays"), ("in", "general"), ("on", "sundays"))
SKIPPED = words("my our his her their all any most eating doing just to the a an")
ADDRESSED = words("you your yours")
DRINKS_AND_DISHES = words(
    "coffee tea steak eggs pizza whisky whiskey burger toast food pasta beer wine cocktails curry"
)
OPENINGS: tuple[tuple[str, str], ...] = (
    ("fan of", "likes"),
    ("fans of", "likes"),
    ("lover of", "likes"),
    ("into", "likes"),
    ("keen on", "likes"),
    ("fond of", "likes"),
    ("in love with", "likes"),
    ("crazy about", "likes"),
    ("mad about", "likes"),
    ("passionate about", "likes"),
    ("enthusiastic about", "likes"),
    ("interested in", "likes"),
    ("obsessed with", "likes"),
    ("addicted to", "likes"),
    ("partial to", "likes"),
    ("afraid of", "fear"),
    ("scared of", "fear"),
    ("terrified of", "fear"),
    ("good at", "skill"),
    ("great at", "skill"),
    ("skilled in", "skill"),
    ("skilled at", "skill"),
    ("proficient in", "skill"),
    ("proficient with", "skill"),
    ("experienced in", "skill"),
)
IN_FRONT = ADVERBS | ARTICLES | words("huge big massive avid great real not total long-time lifelong bit much such")


def tasting(reading: Reading) -> None:
    """I like hiking and old maps; he doesn't like olives; I can't stand cilantro."""
    predicate = reading.predicate
    if predicate.passive or predicate.over or predicate.modal == "would":
        return
    bearing = predicate.lemma in BEARING
    if bearing != (predicate.negated and predicate.modal in {"can", "could"}):
        return
    if bearing or predicate.lemma in LOATHING:
        key, negated = "dislikes", False if bearing else predicate.negated
    elif predicate.negated and not reading.ended:
        key, negated = "dislikes", False
    else:
        key, negated = "likes", reading.negated
    _tell(reading, reading.whole, key, negated=negated)


def _tell(reading: Reading, span: Span, key: str, *, negated: bool) -> None:
    values = tuple(_values(reading, span))
    for person in reading.persons():
        for value in values:
            reading.findings.attribute(person, key, reading.line.raw(value), negated=negated, period=reading.lasting())
            if reading.ended and negated:
                reading.findings.correction(person, key, reading.line.raw(value), None)
            if reading.line.words((value[0], value[0] + 2)) == ("living", "in") and not negated:
                _lives_there(reading, person, (value[0] + 2, value[1]))


def _lives_there(reading: Reading, person: EntityRef, span: Span) -> None:
    """`I love living in Vienna` says where somebody lives."""
    value = place(reading, span)
    if value is not None:
        reading.state(person, "location", value)


def _values(reading: Reading, span: Span) -> Iterator[Span]:
    """The things liked, without what says when and why."""
    line = reading.line
    start, end = line.without_fluff(reading.unbroken(line.without_fluff(span)))
    end = min((time.span[0] for time in reading.times if start < time.span[0] < end), default=end)
    end = next((i for i in range(start + 1, end) if line.word(i) in STOPS or line.words((i, i + 2)) in HABITUAL), end)
    for item in line.items((start, end)):
        if line.word(item[0]) == "not":
            return
        inner = line.trimmed(item)
        while inner[1] - inner[0] > 1 and line.word(inner[0]) in SKIPPED | ADVERBS:
            if line.word(inner[0]) in POSSESSIVES and _is_dear(reading, line.word(inner[0] + 1)):
                break
            inner = (inner[0] + 1, inner[1])
        said = line.words(inner)
        if said and said[0] not in NO_TASTES | POSSESSIVES | PREPOSITIONS and not ADDRESSED & set(said):
            yield inner


def _is_dear(reading: Reading, word: str) -> bool:
    """`my wife` and `my dog` are loved, but nothing to be told as a taste."""
    return word in OWN_PEOPLE or word in TIES or word in reading.lexicon.animals


def being_fond(reading: Reading) -> None:
    """I'm into synths, a huge fan of, keen on, interested in, obsessed with, afraid of, good at."""
    line, predicate = reading.line, reading.predicate
    start = predicate.end - predicate.passive
    if predicate.over or predicate.progressive:
        return
    while start < reading.whole[1] and line.word(start) in IN_FRONT:
        start += 1
    behind = " ".join(line.words((start, start + 3)))
    opening, key = next(((o, k) for o, k in OPENINGS if f"{behind} ".startswith(f"{o} ")), ("", ""))
    if not opening:
        return
    negated = predicate.negated or "not" in line.words((reading.whole[0], start))
    if key == "likes" and negated and not reading.ended:
        key, negated = "dislikes", False
    _tell(reading, (start + len(opening.split()), reading.whole[1]), key, negated=negated)


def preferring(reading: Reading) -> None:
    """I prefer tea over coffee."""
    if reading.predicate.negated or reading.predicate.over:
        return
    start, end = reading.line.trimmed(reading.unbroken(reading.whole))
    if start < end and reading.line.word(start) not in {"that", "it", "this", "not", "if", "one", "them"}:
        for person in reading.persons():
            reading.findings.attribute(person, "prefers", reading.line.raw((start, end)).removeprefix("to "))


def taking_it_so(reading: Reading) -> None:
    """I drink my tea without sugar."""
    line, (start, _) = reading.line, reading.object
    said = line.words((start, start + 2))
    if said[:1] != ("my",) or said[1:2] == () or said[1] not in DRINKS_AND_DISHES or reading.predicate.over:
        return
    value = line.raw(line.without_fluff(reading.unbroken((start + 1, reading.whole[1]))))
    if len(value.split()) > 1:
        for person in reading.persons():
            reading.findings.attribute(person, "prefers", value, negated=reading.negated)


def wishing_rather(reading: Reading) -> None:
    """I'd rather take the train than fly."""
    line = reading.line
    rather = next((i for i in range(reading.predicate.start, reading.predicate.end) if line.word(i) == "rather"), None)
    if rather is None or reading.predicate.modal != "would" or reading.predicate.negated:
        return
    value = line.raw(line.without_fluff(reading.unbroken((rather + 1, reading.whole[1]))))
    for person in reading.persons():
        reading.findings.attribute(person, "prefers", value)


RULES: Mapping[str, tuple[Rule, ...]] = (
    dict.fromkeys(sorted(LIKING | LOATHING | BEARING), (tasting,))
    | dict.fromkeys(("obsess", "interest", "addict", "be", "get", "terrify", "scare"), (being_fond,))
    | {"prefer": (preferring,), "drink": (taking_it_so,), "take": (taking_it_so,)}
)
OF_WHAT_CAN_BE: tuple[Rule, ...] = (tasting,)
EVERY: tuple[Rule, ...] = (wishing_rather,)
