"""What people lead, run, maintain and teach, and who leads whom."""

from collections.abc import Mapping

from server.core.vocabulary.ties import TIES
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.work import employed, work_place
from server.memory.extraction.heuristic.words import ARTICLES, POSSESSIVES, words

NO_DUTIES = words(
    "marathon half-marathon race mile miles 5k 10k errand errands risk fever bath test tests late dry joke"
)
NO_SUBJECTS = words("me my him her us you them people kids children how others everyone classes")
LONGEST_SUBJECT = 3


def leading(reading: Reading) -> None:
    """Yuki manages the data platform team; Dana manages me; the office is run by Agnieszka."""
    predicate = reading.predicate
    if predicate.passive:
        _led_by(reading)
        return
    if predicate.over:
        return
    mention = reading.name_at(reading.object)
    if mention is not None and mention.type == "Person" and predicate.lemma in {"manage", "supervise", "mentor"}:
        _led(reading, reading.entity(mention, "Person"))
    elif reading.bare(reading.object) in {("me",), ("us",)} and reading.nouns.first_person:
        _led(reading, reading.people.user)
    elif predicate.lemma != "mentor" and _is_duty(reading):
        span = reading.with_following(reading.head(reading.object), "near", "in", "outside", "for", "at")
        for person in reading.persons():
            reading.state(person, "responsible_for", reading.value(span))


def _is_duty(reading: Reading) -> bool:
    first = reading.line.word(reading.object[0])
    begins = first in ARTICLES | POSSESSIVES | {"all"} or reading.line.mention(reading.object[0]) is not None
    return begins and not set(reading.bare(reading.object)) & NO_DUTIES


def _led(reading: Reading, person: EntityRef) -> None:
    label = "mentor" if reading.predicate.lemma == "mentor" else "manager"
    for leader in reading.persons():
        reading.findings.relation(person, label, leader, negated=reading.negated)


def _led_by(reading: Reading) -> None:
    mention = reading.name_at(reading.after("by"))
    subject: Span = reading.clause.subject
    if mention is None or mention.type not in {"Person", None} or reading.predicate.past:
        return
    if reading.line.word(subject[0]) in ARTICLES | {"our", "my", "this"}:
        person = reading.entity(mention, "Person")
        reading.findings.attribute(person, "responsible_for", reading.value(subject))


def reporting(reading: Reading) -> None:
    """I report to Ngozi."""
    mention = reading.name_at(reading.after("to"))
    if mention is not None and mention.type in {"Person", None}:
        for person in reading.persons():
            reading.findings.relation(person, "manager", reading.entity(mention, "Person"), negated=reading.negated)


def teaching(reading: Reading) -> None:
    """Professor Adeyemi teaches linguistics at the University of Ibadan."""
    if reading.predicate.over:
        return
    span = reading.head(reading.object)
    taught = reading.bare(span)
    plain = bool(taught) and reading.line.mention(span[0]) is None and taught[0] not in NO_SUBJECTS | TIES.keys()
    for person in reading.persons():
        if plain and len(taught) <= LONGEST_SUBJECT:
            reading.state(person, "role", f"{reading.value(span)} teacher")
        employed(reading, person, reading.after("at"))
        work_place(reading, person)


RULES: Mapping[str, tuple[Rule, ...]] = dict.fromkeys(
    ("manage", "lead", "run", "head", "maintain", "supervise", "mentor", "oversee", "direct"), (leading,)
) | {"report": (reporting,), "teach": (teaching,)}
