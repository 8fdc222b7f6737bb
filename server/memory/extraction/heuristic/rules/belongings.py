"""What people own."""

from collections.abc import Mapping

from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.animals import keeps_animals
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import MINE, POSSESSIVES, words

ACQUIRING = words("buy purchase inherit acquire")
WITH_PLACES = words("shares house flat apartment cottage cabin stake stock land condo villa farm")
NO_BELONGINGS = words("accident trouble problem insurance loan ride crash payment call meeting key keys repair issue")
IT = words("it that this them one up myself")


def owning(reading: Reading) -> None:
    """I own a 1972 Vespa; I don't own a car; I drive a Toyota; I just bought a house in Leeds."""
    predicate = reading.predicate
    lemma, acquiring = predicate.lemma, predicate.lemma in ACQUIRING
    if predicate.passive or reading.object[0] >= reading.object[1]:
        return
    if acquiring and (predicate.negated or not (predicate.past or predicate.perfect)):
        return
    if predicate.over and not acquiring:
        return
    if lemma == "drive" and (predicate.progressive or reading.line.word(reading.object[0]) not in {"a", "an"}):
        return
    if keeps_animals(reading, begun=acquiring):
        return
    for item in _things(reading):
        _owned(reading, item, begun=acquiring)


def _things(reading: Reading) -> list[Span]:
    """The objects that last; a house is named with its place, shares with their company."""
    items = [
        item for item in reading.line.items(reading.object) if reading.predicate.lemma == "own" or _lasts(reading, item)
    ]
    if items and set(reading.line.words(items[-1])) & WITH_PLACES:
        items[-1] = reading.with_following(items[-1], "in", "near", "on")
    return items


def _lasts(reading: Reading, span: Span) -> bool:
    said = reading.bare(reading.head(span))
    heads = [" ".join(said[-1:]), " ".join(said[-2:]), " ".join(said[:1])]
    listed = any(
        head in reading.lexicon.possessions or head.removesuffix("s") in reading.lexicon.possessions for head in heads
    )
    if listed:
        return not set(said) & NO_BELONGINGS
    kinds = {mention.type for mention in reading.mentions(span)}
    return bool(kinds & {None, "Thing", "Organization"}) and reading.predicate.lemma in {"buy", "purchase", "drive"}


def _owned(reading: Reading, item: Span, *, begun: bool) -> None:
    value = _without_determiner(reading.value(item))
    if not value or value.lower() in IT:
        return
    for mention in reading.mentions(item):
        if mention.type in {None, "Organization"} and reading.line.word(mention.start - 1) != "in":
            reading.entity(mention, "Thing", force=mention.end - mention.start > 1)
    owners = (*reading.persons(), *(reading.others("Organization") if reading.predicate.lemma == "own" else ()))
    for owner in owners:
        reading.state(owner, "owns", value, period=reading.beginning() if begun else reading.lasting())


def _without_determiner(value: str) -> str:
    first, _, rest = value.partition(" ")
    return rest if first.lower() in {"my", "our", "any", "some", "his", "her", "their"} and rest else value


def losing(reading: Reading) -> None:
    """I sold my motorbike last week."""
    predicate, first = reading.predicate, reading.line.word(reading.object[0])
    if predicate.negated or not (predicate.past or predicate.perfect) or first not in POSSESSIVES | {"the"}:
        return
    value = _without_determiner(reading.value(reading.head(reading.object)))
    for person in reading.persons():
        reading.gone(person, "owns", value)


def belonging(reading: Reading) -> None:
    """The cottage belongs to my uncle Ferdinand."""
    span = reading.after("to")
    if span is None or not _is_thing(reading) or reading.negated:
        return
    owner = reading.refer(reading.nouns.phrase(reading.line, span, reading.findings), "Person")
    if owner is not None:
        reading.findings.attribute(owner, "owns", _thing(reading))


def being_mine(reading: Reading) -> None:
    """The red bike is mine."""
    if (
        reading.line.word(reading.whole[0]) in MINE
        and _is_thing(reading)
        and reading.nouns.first_person
        and not reading.negated
    ):
        reading.findings.attribute(reading.people.user, "owns", _thing(reading))


def _is_thing(reading: Reading) -> bool:
    start, end = reading.clause.subject
    return reading.line.word(start) in {"the", "that", "this"} and end - start > 1


def _thing(reading: Reading) -> str:
    start, end = reading.clause.subject
    return reading.value((start + (reading.line.word(start) in {"that", "this"}), end))


RULES: Mapping[str, tuple[Rule, ...]] = dict.fromkeys(
    ("own", "have", "buy", "purchase", "inherit", "acquire", "drive"), (owning,)
) | {"sell": (losing,), "belong": (belonging,), "be": (being_mine,)}
