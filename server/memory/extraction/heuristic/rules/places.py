"""Where people live, come from and move to; where organisations sit."""

from collections.abc import Mapping

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.locality import names_place, place
from server.memory.extraction.heuristic.rules.plans import plan
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.things import date_text

AT_HOME = ("in", "near", "outside", "at", "around", "on", "under")
OF_ORGANIZATIONS = frozenset({"base", "headquarter", "locate", "situate"})


def living(reading: Reading) -> None:
    """I live in Lisbon; my brother is staying in Oslo; Acme is based in Glasgow."""
    predicate = reading.predicate
    sitting = predicate.lemma in OF_ORGANIZATIONS
    if (sitting and not predicate.passive) or (predicate.lemma == "stay" and not predicate.progressive):
        return
    value = _named_place(reading) or _where(reading, *AT_HOME)
    if value is None and reading.bare(reading.object)[:1] == ("abroad",):
        value = "abroad"
    if value is None:
        return
    for subject in reading.anybody("Organization") if sitting else reading.persons():
        if predicate.over and not sitting:
            period = reading.lasting()
            reading.findings.attribute(subject, "location", value, period=period, negated=period.end is None)
        else:
            reading.state(subject, "location", value)


def _named_place(reading: Reading) -> str | None:
    """The town behind a dwelling: Brooklyn of `an apartment in Brooklyn`."""
    spans = [phrase.span for phrase in reading.phrases if phrase.prep in {"in", "on", "at"}]
    if len(spans) > 1 and reading.introduced_by_article(spans[0]) and reading.name_at(spans[0]) is None:
        return next((place(reading, span) for span in spans[1:] if names_place(reading, span)), None)
    return None


def _where(reading: Reading, *prepositions: str) -> str | None:
    """The place behind one of the prepositions, which stays when it says more than `in`."""
    span = reading.after(*prepositions)
    if span is None:
        return None
    preposition = reading.line.word(span[0] - 1)
    numbered = reading.line.word(reading.line.trimmed(span)[0])[:1].isdigit()
    if preposition == "at" and not (numbered or names_place(reading, span)):
        return None
    value = place(reading, span)
    return f"{preposition} {value}" if value and preposition in {"near", "outside", "around"} else value


def moving(reading: Reading) -> None:
    """I moved from Munich to Zurich in January."""
    predicate = reading.predicate
    moved_something = reading.object[0] < reading.object[1] and reading.introduced_by_article(reading.object)
    if predicate.negated or moved_something:
        return
    target = reading.after("to", "into", "in") if predicate.lemma in {"settle", "move"} else reading.after("to")
    source = reading.after("from")
    new = place(reading, target) if target is not None else None
    old = place(reading, source) if source is not None else None
    planned = predicate.future or (predicate.progressive and not predicate.past)
    for subject in reading.anybody("Person"):
        if planned:
            if new is not None and subject.type == "Person":
                plan(reading, subject)
        elif new is not None:
            _moved_to(reading, subject, new, old)
        elif old is not None:
            reading.gone(subject, "location", old)


def _moved_to(reading: Reading, subject: EntityRef, new: str, old: str | None) -> None:
    reading.findings.attribute(subject, "location", new, period=reading.beginning(), correction=True)
    if old is None:
        reading.findings.correction(subject, "location", None, new)
    else:
        reading.rule_out(subject, "location", new, old, period=reading.ending())


def leaving(reading: Reading) -> None:
    """I left Vienna two years ago."""
    mention = reading.name_at(reading.object)
    if reading.predicate.negated or not reading.predicate.past or mention is None or reading.after("for") is not None:
        return
    if mention.type == "Place":
        for person in reading.persons():
            reading.gone(person, "location", mention.name)


def origin(reading: Reading) -> None:
    """I grew up in Graz, was raised in, come from, hail from; I'm originally from Accra."""
    predicate = reading.predicate
    here = ("in", "near", "outside", "on", "around")
    if predicate.lemma == "grow":
        raised = reading.line.word(predicate.end) == "up"
        _from(reading, *here) if raised else None
    elif predicate.lemma == "raise":
        alone = reading.object[0] >= reading.object[1]
        _from(reading, *here) if predicate.passive or alone else None
    elif predicate.lemma == "be":
        alone = set(reading.line.words(reading.object)) <= {"originally", "all", "both"}
        _from(reading, "from") if alone else _described(reading)
    elif not predicate.past and not predicate.progressive:
        _from(reading, "from")


def _from(reading: Reading, *prepositions: str) -> None:
    span = reading.after(*prepositions)
    value = _named_place(reading) or (place(reading, span) if span is not None else None)
    if value is not None:
        for person in reading.persons():
            reading.findings.attribute(person, "hometown", value, negated=reading.predicate.negated)


def _described(reading: Reading) -> None:
    """`Zoltán is a plumber from Győr`."""
    span = reading.after("from")
    described = reading.object[0] < reading.object[1] and reading.line.word(reading.object[0]) in {"a", "an"}
    if span is not None and described and names_place(reading, span) and span[0] - 1 == reading.object[1]:
        _from(reading, "from")


def born(reading: Reading) -> None:
    """I was born on 12 July 1988 in Cape Town; born and raised in Detroit."""
    if reading.predicate.form not in {"participle", "past"}:
        return
    point, span = reading.point(), reading.after("in", "near", "at")
    value = place(reading, span) if span is not None else None
    for person in reading.persons():
        if point is not None:
            reading.findings.attribute(person, "birthday", date_text(reading, point.span))
        if value is not None:
            reading.findings.attribute(person, "hometown" if "raised" in reading.words else "birthplace", value)


def being_somewhere(reading: Reading) -> None:
    """I'm currently in Bangkok."""
    span = reading.after("in", "near")
    if span is None or reading.predicate.past or reading.line.words(reading.object) or reading.phrases[0].span != span:
        return
    value = place(reading, span) if names_place(reading, span) else None
    if value is not None:
        for subject in reading.anybody("Place"):
            reading.state(subject, "location", value, confidence=0.7)


def calling_home(reading: Reading) -> None:
    """I now call Seattle home."""
    mention = reading.name_at(reading.object)
    if mention is not None and "home" in reading.words and mention.type in {"Place", None}:
        for person in reading.persons():
            reading.state(person, "location", reading.entity(mention, "Place").name)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "live": (living,),
    "reside": (living,),
    "stay": (living,),
    "base": (living,),
    "locate": (living,),
    "situate": (living,),
    "headquarter": (living,),
    "move": (moving,),
    "relocate": (moving,),
    "emigrate": (moving,),
    "immigrate": (moving,),
    "settle": (moving,),
    "leave": (leaving,),
    "grow": (origin,),
    "raise": (origin,),
    "come": (origin,),
    "hail": (origin,),
    "bear": (born,),
    "be": (origin, being_somewhere),
    "call": (calling_home,),
}
