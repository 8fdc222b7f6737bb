"""Projects, servers, tools and other things: what they are, when they are due, what they cost."""

from collections.abc import Mapping

from server.core.vocabulary.slots import key_of_noun
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.jobs import is_job
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.values import is_money, job
from server.memory.extraction.heuristic.times import Time
from server.memory.extraction.heuristic.words import ARTICLES, words

VAGUE = words(
    "good bad great problem mess disaster joke lot bit thing idea way shame pity pain nightmare must favourite "
    "favorite one big nice classic man must-visit such perfect huge amazing awesome beautiful wonderful really very"
)
DATE_WORDS = words("in on by due the around at back")
NO_THINGS = words("it that this what baby which i we he she they")
LONGEST_NAME = 4


def describing(reading: Reading) -> None:
    """Django is a web framework; Nairobi is the capital of Kenya."""
    predicate, span = reading.predicate, reading.unbroken(reading.whole)
    if predicate.negated or predicate.past or predicate.passive or predicate.progressive or len(reading.subjects) != 1:
        return
    referent, said = reading.subjects[0], reading.bare(span)
    mention = referent.mention
    if mention is None or referent.tied or referent.noun or mention.type == "Person":
        return
    if reading.line.word(span[0]) not in ARTICLES or len(said) == 1 or set(said[:2]) & VAGUE:
        return
    if (mention.type is None and mention.start == 0 and mention.name.isalpha()) or job(reading, span) is not None:
        return
    for thing in reading.others("Thing"):
        reading.findings.attribute(thing, "description", reading.value(span))


def running(reading: Reading) -> None:
    """Our API gateway runs on port 8443."""
    span = reading.after("on")
    thing = _common_thing(reading) if span is not None and reading.line.word(span[0]) == "port" else None
    if span is not None and thing is not None:
        reading.state(thing, "port", reading.value((span[0] + 1, span[0] + 2)))


def _common_thing(reading: Reading) -> EntityRef | None:
    """The thing that a subject names, be it by a common noun: `the staging server`."""
    if len(reading.subjects) != 1:
        return None
    referent = reading.subjects[0]
    if referent.mention is not None and not referent.noun:
        return next(iter(reading.others("Thing")), None)
    return reading.findings.entity(EntityRef("Thing", referent.text)) if referent.noun and referent.text else None


def being_called(reading: Reading) -> None:
    """The staging server is called heron."""
    referent = reading.subjects[0] if len(reading.subjects) == 1 else None
    if (
        referent is None
        or not referent.noun
        or not referent.definite
        or referent.owner not in {None, reading.people.user}
    ):
        return
    if not reading.predicate.passive or reading.predicate.negated or reading.nouns.is_animal(referent.noun):
        return
    value, key = reading.value(reading.head(reading.object)), key_of_noun(referent.noun)
    mention = reading.name_at(reading.object)
    if not value or len(value.split()) > LONGEST_NAME:
        return
    if referent.owner is not None and key in {"employer", "school", "project"}:
        reading.state(referent.owner, key, value)
    elif mention is not None and is_job(reading.lexicon, referent.noun):
        reading.findings.attribute(reading.entity(mention, "Person", force=True), "role", referent.text)
    else:
        reading.findings.attribute(reading.findings.entity(EntityRef("Thing", referent.text)), "name", value)


def being_due(reading: Reading) -> None:
    """The Apollo project is due on April 30; rent is due on the first."""
    when, span = reading.point_behind(), reading.after("on", "by")
    value = date_value(reading, when) if when is not None else reading.value(reading.head(span)) if span else ""
    thing = (
        _named_by_subject(reading) if "due" in reading.words[:2] and value and not reading.predicate.negated else None
    )
    if thing is not None:
        reading.findings.attribute(thing, "deadline", value)


def costing(reading: Reading) -> None:
    """The rent is 1,200 pounds a month; the ticket costs $40."""
    value = reading.value(reading.unbroken(reading.whole))
    if not value[:1] or value[0] not in "$\u20ac\u00a30123456789" or not is_money(value) or reading.predicate.negated:
        return
    referent = reading.subjects[0] if len(reading.subjects) == 1 else None
    if referent is not None and referent.noun and referent.definite and referent.owner is None:
        reading.findings.attribute(reading.findings.entity(EntityRef("Thing", referent.text)), "price", value)


def _named_by_subject(reading: Reading) -> EntityRef | None:
    """The thing that the whole subject names: `the Apollo project`."""
    start, end = reading.line.trimmed(reading.clause.subject)
    referent = reading.subjects[0] if len(reading.subjects) == 1 else None
    if referent is None or start >= end or referent.tied or reading.line.word(start) in NO_THINGS:
        return None
    start += reading.line.word(start) in {"my", "our", "the"}
    name = reading.line.raw((start, end))
    return reading.findings.entity(EntityRef("Thing", name)) if name else None


def date_value(reading: Reading, time: Time) -> str:
    """The wording of a date, or the date itself where the wording means nothing on another day."""
    return time.days.begin.date().isoformat() if time.days.relative else date_text(reading, time.span)


def date_text(reading: Reading, span: Span) -> str:
    """A date as it was written, without its preposition."""
    start = span[0]
    while start < span[1] and reading.line.word(start) in DATE_WORDS:
        start += 1
    return reading.line.raw((start, span[1]))


RULES: Mapping[str, tuple[Rule, ...]] = {
    "be": (describing, being_due, costing),
    "cost": (costing,),
    "run": (running,),
    "listen": (running,),
    "call": (being_called,),
    "name": (being_called,),
}
