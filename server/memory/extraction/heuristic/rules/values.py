"""Telling what kind of value words are: an organisation, a job, a telephone number, money."""

import re

from server.memory.extraction.heuristic.jobs import is_job
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.words import ADVERBS, ARTICLES, DETERMINERS, POSSESSIVES, PREPOSITIONS, words

WORKPLACES = words(
    "bank hospital school company startup start-up university college restaurant cafe café bakery shop store factory "
    "firm agency clinic library museum hotel port airport farm warehouse office supermarket pharmacy nonprofit "
    "non-profit ngo charity government ministry council city station studio gym salon lab laboratory church prison "
    "bar pub club publisher newspaper bookstore bookshop brewery zoo embassy court consultancy corporation"
)
NO_EMPLOYERS = words("it them this that him her me us home least night all you present once full part free fun years")
DEPARTMENTS = words("engineering marketing sales product design operations finance research people data legal growth")
BREAKS_OF_NAMES = words("based called named that which who where with")
_PHONE = re.compile(r"\+?\(?\d[\d ().-]{4,18}\d")
_MONEY = re.compile(
    r"[$\u20ac\u00a3\u00a5\u20b9]|\d\s?k\b|\b(?:dollars?|euros?|pounds?|bucks|usd|eur|gbp|yen|rupees?|francs?|grand)\b",
    re.IGNORECASE,
)


def organization(reading: Reading, span: Span) -> str | None:
    """The value of an employer or school: a name, or a plain word for a workplace."""
    line = reading.line
    start, end = reading.head(span)
    end = next((i for i in range(start, end) if line.word(i) in BREAKS_OF_NAMES and line.mention(i) is None), end)
    mention = reading.name_at((start, end))
    if mention is not None:
        if mention.type == "Place" or mention.title:
            return None
        return reading.entity(mention, "Organization", force=mention.type in {None, "Thing", "Person"}).name
    inner = line.trimmed((start, end))
    workplace = line.words(inner)
    if not workplace or workplace[0] in POSSESSIVES | NO_EMPLOYERS:
        return None
    if workplace[-1] in WORKPLACES and line.word(start) in ARTICLES | {"our"}:
        named = _called(reading, end)
        return named or line.value(inner)
    return _small_organization(reading, inner) if line.word(start) not in DETERMINERS else None


def _called(reading: Reading, at: int) -> str | None:
    """`a startup called Nimbus` is Nimbus."""
    mention = reading.line.mention_from(at + 1)
    if reading.line.word(at) not in {"called", "named"} or mention is None:
        return None
    return reading.entity(mention, "Organization", force=True).name


def _small_organization(reading: Reading, span: Span) -> str | None:
    line, lexicon = reading.line, reading.lexicon
    name = line.words(span)
    listed = lexicon.organizations.length_at(line.lowers, *span) == len(name)
    plain = len(name) == 1 and line.caseless and line.tokens[span[0]].kind == "word"
    taken = name[0] in lexicon.common or name[0] in lexicon.verbs or name[0].endswith(("ing", "s", "ly"))
    if not (listed or (plain and not taken)):
        return None
    return reading.entity(Mention(*span, line.value(span), "Organization"), "Organization").name


def job(reading: Reading, span: Span) -> str | None:
    """The occupation a span names, as it was written; None when it names none."""
    line = reading.line
    start, end = line.trimmed(reading.head(span))
    while start < end and _in_front_of_job(line.word(start)) and line.mention(start) is None:
        start += 1
    stop = next((i for i in range(start, end) if line.word(i) in PREPOSITIONS | {"who", "that", "-"}), end)
    if start >= stop or not is_job(reading.lexicon, line.words((start, stop))):
        return None
    if line.word(stop) == "of":
        stop = _end_of_title(reading, stop, end)
    return line.value((start, stop))


def _in_front_of_job(word: str) -> bool:
    return word in ADVERBS | DETERMINERS | {"new", "such"} or word.endswith("-old")


def _end_of_title(reading: Reading, of: int, end: int) -> int:
    """`head of cardiology` and `VP of Engineering` keep what they are of; a company is named apart."""
    line = reading.line
    mention = line.mention_from(of + 1) or line.mention_from(of + 2)
    if line.word(of + 1) in {"a", "an", "my", "our"} or (
        mention is not None and line.word(mention.start) not in DEPARTMENTS
    ):
        return of
    return next((i for i in range(of + 1, end) if line.word(i) in PREPOSITIONS), end)


def phone(text: str) -> str | None:
    match = _PHONE.search(text)
    return match.group().strip(" .-") if match else None


def is_money(text: str) -> bool:
    return bool(_MONEY.search(text))
