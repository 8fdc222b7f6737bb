"""Habits, and what somebody is at for now."""

from collections.abc import Mapping

from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.health import medicines
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import FREQUENCY, words

AGAIN = words("every each daily weekly mornings evenings weekends nightly sundays saturdays")
NO_HABITS = words(
    "be have like love hate know think want need see feel say mean believe hope hear forget understand wish prefer "
    "agree remember look enjoy try appreciate wonder get make keep seem end find come give push help support happen"
)
ABSENCES = words("vacation holiday leave sabbatical furlough strike honeymoon")


def habits(reading: Reading) -> None:
    """I never eat breakfast; I usually wake up at 5:30; I run 5k every morning; three times a week."""
    predicate = reading.predicate
    now = not (predicate.past or predicate.perfect or predicate.future or predicate.modal)
    if not now or predicate.progressive or predicate.passive or not predicate.lemma or predicate.lemma in NO_HABITS:
        return
    frequent = predicate.frequency in FREQUENCY
    if not (frequent or _recurs(reading)) or any(medicines(reading, reading.object)):
        return
    start = reading.clause.start if _recurs_first(reading) else predicate.start if frequent else predicate.end - 1
    while reading.line.word(start - 1) in FREQUENCY:
        start -= 1
    value = reading.line.raw(reading.line.without_fluff(reading.unbroken((start, reading.whole[1]))))
    for person in reading.persons():
        if person.type == "Person" and person.name != "?":
            reading.findings.attribute(person, "habit", value, confidence=0.8)


def _recurs(reading: Reading) -> bool:
    said = reading.words
    counted = any(
        said[i] in {"times", "once", "twice"} and said[i + 1] in {"a", "per"} for i in range(max(len(said) - 1, 0))
    )
    return counted or bool(set(said) & AGAIN) or _recurs_first(reading)


def _recurs_first(reading: Reading) -> bool:
    """`Every Sunday I call my grandmother`."""
    return reading.line.word(reading.clause.start) in {"every", "each"} and bool(reading.persons())


def stopping(reading: Reading) -> None:
    """I've stopped drinking coffee."""
    predicate, (start, end) = reading.predicate, reading.object
    if predicate.negated or not (predicate.past or predicate.perfect) or reading.after("for") is not None:
        return
    if start < end and reading.line.word(start).endswith("ing"):
        for person in reading.persons():
            reading.findings.attribute(person, "habit", reading.value((start, end)), negated=True, correction=True)


def being_away(reading: Reading) -> None:
    """I'm on vacation until Monday; Oskar is on parental leave."""
    span = reading.after("on")
    if span is None or reading.predicate.past or reading.words[:1] != ("on",):
        return
    if set(reading.line.words(span)) & ABSENCES:
        for person in reading.persons():
            reading.state(person, "status", reading.value((span[0] - 1, reading.head(span)[1])))


RULES: Mapping[str, tuple[Rule, ...]] = {"stop": (stopping,), "quit": (stopping,), "be": (being_away,)}
EVERY: tuple[Rule, ...] = (habits,)
