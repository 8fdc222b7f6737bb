"""What a noun's value may be: each kind of key is told its own kind of words."""

import re

from server.core.vocabulary.keys import FAVOURITE, KEYS
from server.memory.extraction.heuristic.calendar import DAY
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.contact import email
from server.memory.extraction.heuristic.rules.locality import place
from server.memory.extraction.heuristic.rules.things import date_value
from server.memory.extraction.heuristic.rules.values import job, phone
from server.memory.extraction.heuristic.words import ADVERBS, SUBJECT_PRONOUNS, number, words

PLACES = frozenset({"location", "hometown", "birthplace", "work_location"})
DATES = frozenset({"birthday", "deadline", "date", "expiry"})
LONG = frozenset({"salary", "budget", "website", "address", "goal", "fear", "plan", "project"})
DWELLINGS = words("house flat apartment home")
CODED = words("username handle id password number code callsign type size editor sign pin login")
NO_VALUES = words(
    "not what how to in on at from for about broken gone fine ok okay good bad great high low full new old tough hard "
    "easy difficult boring fun nice amazing awesome awful terrible late over ready done important worth off up with"
)
OPENS_NO_VALUE = (ADVERBS - {"best"}) | SUBJECT_PRONOUNS | NO_VALUES
_HANDLE = re.compile(r"(?<!\S)@\w{1,60}")
LONGEST = 8


def slot_value(reading: Reading, key: str, noun: tuple[str, ...]) -> str | None:
    """The value that the clause gives a key; None when its words are none for that key."""
    raw = reading.line.raw(reading.line.without_fluff(reading.whole))
    if key == "email":
        return email(raw)
    if key == "phone":
        return phone(raw)
    if key in PLACES:
        span = reading.after("in", "near", "at") or (reading.object if noun[-1] not in DWELLINGS else None)
        return place(reading, span) if span is not None else None
    if key in DATES:
        when = reading.point_behind()
        exact = when is not None and (not when.days.relative or when.days.end - when.days.begin == DAY)
        return date_value(reading, when) if when is not None and exact else None
    handle = _HANDLE.search(raw) if noun[-1] in CODED else None
    return handle.group() if handle else _worded(reading, key, noun)


def _worded(reading: Reading, key: str, noun: tuple[str, ...]) -> str | None:
    if key == "age":
        age = number(reading.line.word(reading.whole[0]))
        return str(age) if age is not None else None
    if key == "role":
        return job(reading, reading.object) or (_short(reading) if _is_title(reading) else None)
    if key in LONG:
        return _long(reading, key)
    if key in KEYS or key.startswith(FAVOURITE):
        return _short(reading, whole=key.startswith(FAVOURITE) and key.endswith("s"))
    return _measure(reading, noun)


def _is_title(reading: Reading) -> bool:
    """`Principal Scientist`, `teaching yoga`: no job of the list, but told as one."""
    start = reading.object[0]
    if reading.predicate.progressive:
        return True
    return start < reading.object[1] and (
        reading.line.tokens[start].text[0].isupper() or reading.line.word(start) in {"a", "an"}
    )


def _start(reading: Reading) -> int:
    """With a progressive, the value begins at the verb: `my job is teaching yoga`."""
    return reading.predicate.end - 1 if reading.predicate.progressive else reading.whole[0]


def _long(reading: Reading, key: str) -> str | None:
    line = reading.line
    start, end = line.without_fluff(reading.unbroken((_start(reading), reading.whole[1])))
    first = line.word(start)
    said_so = key in {"goal", "project", "fear", "plan"} or (first not in OPENS_NO_VALUE and first != "a")
    return reading.value((start + (first == "to"), end)) or None if said_so else None


def _short(reading: Reading, *, whole: bool = False) -> str | None:
    """A short value: up to the first mark, and none that begins as a clause would."""
    end = reading.whole[1] if reading.excluded is None else reading.excluded[0] - 1
    start = _start(reading)
    span = reading.line.without_fluff((start, end))
    head = span if reading.predicate.progressive or whole else reading.head(span)
    value = reading.value(head)
    said = value.lower().split()
    return value if said and len(said) <= LONGEST and said[0] not in OPENS_NO_VALUE else None


def _measure(reading: Reading, noun: tuple[str, ...]) -> str | None:
    """Nouns outside the table are told only what looks like a value: numbers, dates, names, money, codes."""
    line, when = reading.line, reading.point_behind()
    if when is not None and when.span[0] <= reading.whole[0] + 1 and reading.predicate.lemma == "be":
        return date_value(reading, when)
    start, end = line.trimmed(reading.head(line.without_fluff(reading.whole)))
    if start >= end:
        return None
    if line.word(start) == "with":
        named = line.mention_from(start + 1) is not None
        return line.raw((start + 1, line.without_fluff(reading.whole)[1])) if named else None
    if line.word(start) in OPENS_NO_VALUE:
        return None
    return line.raw((start, end)) if _looks_like_value(reading, (start, end), noun) else None


def _looks_like_value(reading: Reading, span: Span, noun: tuple[str, ...]) -> bool:
    line, (start, end) = reading.line, span
    mention = line.mention_from(start)
    if mention is not None:
        return mention.type != "Person"
    if any(letter.isdigit() for i in range(start, end) for letter in line.tokens[i].text):
        return True
    return end - start == 1 and noun[-1] in CODED and line.word(start) not in reading.lexicon.common
