"""What was done: visited, met, founded, acquired."""

from collections.abc import Mapping

from server.core.vocabulary.keys import EntityType
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.things import date_value

LABELS = {
    "found": "founded",
    "co-found": "founded",
    "cofound": "founded",
    "establish": "founded",
    "start": "founded",
    "launch": "launched",
    "acquire": "acquired",
    "buy": "acquired",
    "invent": "invented",
    "create": "created",
    "design": "designed",
}
OF_COMPANIES = frozenset({"found", "co-found", "cofound", "establish", "acquire", "start", "buy"})
ONLY_OF_KNOWN_COMPANIES = frozenset({"start", "buy", "establish"})


def visiting(reading: Reading) -> None:
    """We visited Machu Picchu in 2017."""
    _did(reading, "visited", "Place")


def meeting(reading: Reading) -> None:
    """Yesterday I met Søren Dahl."""
    _did(reading, "met", "Person")


def _did(reading: Reading, label: str, kind: EntityType) -> None:
    predicate = reading.predicate
    if predicate.negated or predicate.passive or predicate.used_to or not (predicate.past or predicate.perfect):
        return
    for mention in reading.mentions(reading.object):
        if mention.type in {kind, None}:
            other = reading.entity(mention, kind)
            for person in reading.persons():
                reading.findings.relation(person, label, other, period=reading.beginning())


def making(reading: Reading) -> None:
    """Acme acquired Widgetly; Brightleaf was founded by Jane Doe in 2012."""
    predicate = reading.predicate
    made = None if predicate.negated else _made(reading)
    if made is None:
        return
    when = reading.point()
    if predicate.passive and LABELS[predicate.lemma] == "founded" and when is not None:
        reading.findings.attribute(made, "founded", date_value(reading, when))
    for maker in _makers(reading):
        reading.findings.relation(maker, LABELS[predicate.lemma], made, period=reading.beginning())


def _made(reading: Reading) -> EntityRef | None:
    """What was founded or bought: the subject of a passive, else the object."""
    lemma = reading.predicate.lemma
    kind: EntityType = "Organization" if lemma in OF_COMPANIES else "Thing"
    if reading.predicate.passive:
        return next(iter(reading.others(kind)), None)
    mention = reading.name_at(reading.object)
    if (
        mention is None
        or mention.type in {"Person", "Place", "Thing"}
        or not (reading.predicate.past or reading.predicate.perfect)
    ):
        return None
    if lemma in ONLY_OF_KNOWN_COMPANIES and (mention.type != "Organization" or (lemma == "buy" and reading.persons())):
        return None
    return reading.entity(mention, kind)


def _makers(reading: Reading) -> tuple[EntityRef, ...]:
    buying = LABELS[reading.predicate.lemma] == "acquired"
    if not reading.predicate.passive:
        return (reading.others("Organization") if buying else ()) or reading.persons()
    span = reading.after("by")
    if span is None:
        return ()
    return tuple(reading.entity(mention, "Organization" if buying else "Person") for mention in reading.mentions(span))


RULES: Mapping[str, tuple[Rule, ...]] = dict.fromkeys(LABELS, (making,)) | {"visit": (visiting,), "meet": (meeting,)}
