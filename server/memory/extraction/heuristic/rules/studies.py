"""Schools, subjects, degrees, and what people are learning."""

from collections.abc import Mapping

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.values import organization
from server.memory.extraction.heuristic.words import words

DEGREES = words(
    "phd ph.d. bachelor bachelors master masters degree mba bsc msc ba ma doctorate diploma associates llb llm md "
    "minor major"
)
SCHOOL_WORDS = words("university college school academy institute elementary high uni polytechnic kindergarten primary")
FAMOUS = words("mit harvard stanford yale princeton oxford cambridge")
NO_SUBJECTS = words("for hard abroad together at the my this that with")
NO_LESSONS = words("about that from it a an so more all lot ton something things with as by in at on")


def studying(reading: Reading) -> None:
    """I study physics at ETH Zurich; I'm majoring in philosophy; I graduated from Makerere."""
    predicate = reading.predicate
    if predicate.negated:
        return
    lemma = predicate.lemma
    at = reading.object if lemma == "attend" else reading.after("at", "from")
    subject = reading.object if lemma == "study" else reading.after("in")
    for person in reading.persons():
        school = _school(reading, at)
        if school is not None:
            reading.findings.attribute(person, "school", school, period=reading.lasting())
        graduated = lemma == "graduate" and "degree" in reading.words and subject is not None
        if graduated or (subject is not None and lemma in {"study", "major", "specialise", "specialize"}):
            _field(reading, person, reading.head(subject or (0, 0)))


def _field(reading: Reading, person: EntityRef, span: Span) -> None:
    said = reading.bare(span)
    if not said or said[0] in NO_SUBJECTS or reading.introduced_by_article(span):
        return
    language = said[0] in reading.lexicon.languages and reading.predicate.progressive
    reading.findings.attribute(person, "learning" if language else "field_of_study", reading.value(span))


def _school(reading: Reading, span: Span | None) -> str | None:
    mention = reading.name_at(span)
    if span is None or mention is None or mention.type not in {"Organization", None}:
        return None
    return organization(reading, span)


def going_to_school(reading: Reading) -> None:
    """My son goes to Hillcrest Elementary; he got into Cambridge."""
    mention, predicate = reading.name_at(reading.after("to", "into")), reading.predicate
    if mention is None or predicate.negated or predicate.progressive:
        return
    said = set(reading.line.words((mention.start, mention.end)))
    got_in = predicate.lemma == "get" and bool(said & FAMOUS)
    if not ((mention.type == "Organization" and said & (SCHOOL_WORDS | FAMOUS)) or got_in):
        return
    for person in reading.persons():
        reading.findings.attribute(person, "school", reading.entity(mention, "Organization", force=True).name)


def having_degree(reading: Reading) -> None:
    """I have a PhD in marine biology from Leeds University."""
    start, end = reading.line.trimmed(reading.object)
    if reading.predicate.negated or not set(reading.line.words((start, end))[:4]) & DEGREES:
        return
    end = reading.with_following((start, end), "in")[1]
    school = _school(reading, reading.after("from", "at"))
    for person in reading.persons():
        reading.findings.attribute(person, "degree", reading.line.raw((start, end)))
        if school is not None:
            reading.findings.attribute(person, "school", school)


def learning(reading: Reading) -> None:
    """I'm learning Welsh; she has been learning to code."""
    predicate, line = reading.predicate, reading.line
    if predicate.negated or not predicate.progressive:
        return
    start, end = line.trimmed(line.without_fluff(reading.unbroken(reading.whole)))
    if start >= end or line.word(start) in NO_LESSONS:
        return
    start += line.words((start, start + 2)) == ("how", "to")
    for person in reading.persons():
        for item in line.items((start + (line.word(start) == "to"), end)):
            reading.findings.attribute(person, "learning", reading.value(item))


RULES: Mapping[str, tuple[Rule, ...]] = dict.fromkeys(
    ("study", "major", "graduate", "attend", "specialise", "specialize"), (studying,)
) | {
    "go": (going_to_school,),
    "get": (going_to_school, having_degree),
    "have": (having_degree,),
    "hold": (having_degree,),
    "earn": (having_degree,),
    "complete": (having_degree,),
    "finish": (having_degree,),
    "learn": (learning,),
}
