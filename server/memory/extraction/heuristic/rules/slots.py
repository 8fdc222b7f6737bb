"""Values asked of somebody by a noun: my email is, Omar's extension is, the deadline for Helios is."""

from collections.abc import Mapping
from dataclasses import replace

from server.core.vocabulary.keys import FAVOURITE, KEYS, EntityType
from server.core.vocabulary.slots import key_from_noun, key_of_noun
from server.core.vocabulary.ties import TIES
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.jobs import is_job
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.nouns import Referent
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.contact import email, phone_or_email
from server.memory.extraction.heuristic.rules.pastimes import languages
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.slot_values import slot_value
from server.memory.extraction.heuristic.rules.things import date_value
from server.memory.extraction.heuristic.rules.values import organization, phone

LISTS = frozenset({"hobby", "allergy", "skill", "condition", "medication", "pet", "diet", "fear", "nationality"})
OWNERLESS = frozenset({"deadline", "budget", "version"})
DOINGS = frozenset({"role", "hobby", "goal", "fear", "plan", "project", "skill"})
NAMES_OF: Mapping[str, EntityType] = {"employer": "Organization", "school": "Organization", "bank": "Organization"}
NAMELESS = frozenset(
    {"name", "nickname", "address", "role", "pronouns", "birthday", "deadline", "location", "hometown", "birthplace"}
)
FOR_LIFE = frozenset({"name", "birthday", "birthplace", "hometown", "nationality", "language"})
SAID_FIRST = frozenset({"email", "phone", "website", "nickname", "timezone", "language"})


def being(reading: Reading) -> None:
    """Somebody's noun, and what it is."""
    referent = reading.subjects[0] if reading.subjects else None
    if referent is None or not referent.noun or referent.mention is not None or reading.predicate.passive:
        return
    if _held_by(reading, referent):
        return
    key = key_from_noun(referent.noun)
    if key == "allergy" and referent.noun[-1].startswith("allerg") and reading.line.word(referent.end) == "to":
        _allergic(reading, referent)
        return
    if reading.predicate.progressive and key not in DOINGS:
        return
    owner = referent.owner
    if owner is None:
        if not referent.definite or key not in OWNERLESS:
            return
        owner = reading.people.user
    owner = owner if owner.type else replace(owner, type="Organization" if key == "location" else "Thing")
    at = reading.after("at", "with")
    if key == "role" and at is not None and reading.words[:1] != ("a",) and reading.phrases[0].span == at:
        _works_there(reading, owner, at)
        return
    value = slot_value(reading, key, referent.noun)
    if value is not None:
        _tell(reading, owner, key, value)


def _allergic(reading: Reading, referent: Referent) -> None:
    """`My allergy to peanuts is serious` names the allergen in front of the verb."""
    owner, line = referent.owner, reading.line
    if owner is not None and not reading.negated:
        for item in line.items((referent.end + 1, reading.clause.subject[1])):
            reading.state(owner, "allergy", line.value(item))


def _works_there(reading: Reading, owner: EntityRef, span: Span) -> None:
    """`My new job is at Airbnb`."""
    value = organization(reading, span)
    if value is not None:
        reading.state(owner, "employer", value)


def _tell(reading: Reading, owner: EntityRef, key: str, value: str) -> None:
    if key == "name" and owner.type == "Person" and owner != reading.people.user:
        return
    if owner != reading.people.user:
        reading.findings.entity(owner)
    if key in LISTS or key == "language":
        items = languages(reading, reading.whole) if key == "language" else reading.items(reading.whole)
        for item in items:
            reading.state(owner, key, item)
        return
    if reading.predicate.over and key in KEYS and key not in FOR_LIFE and KEYS[key].category == "identity":
        reading.findings.attribute(owner, key, value, negated=True)
        return
    reading.state(owner, key, value, contrast=not _second_date(reading, owner, key, value))
    if key not in NAMELESS and not key.endswith("name"):
        _list_names(reading, NAMES_OF.get(key, "Thing"))


def _second_date(reading: Reading, owner: EntityRef, key: str, value: str) -> bool:
    """`May 5, not May 4`."""
    behind = [
        time
        for time in reading.times
        if time.span[0] > reading.whole[0] and reading.line.word(time.span[0] - 1) == "not"
    ]
    if not behind or reading.negated:
        return False
    old = date_value(reading, behind[0])
    if old != value:
        reading.rule_out(owner, key, value, old)
    return True


def _list_names(reading: Reading, kind: EntityType) -> None:
    for mention in reading.mentions(reading.head(reading.object)):
        code = any(letter.isdigit() for letter in mention.name) and mention.end - mention.start == 1
        if mention.type is None and not code:
            reading.entity(mention, kind)
        elif mention.type == "Organization" and kind == "Thing":
            product = mention.end - mention.start > 1 and mention.name.lower() not in reading.lexicon.organizations
            reading.entity(mention, "Thing" if product else "Organization", force=True)


def _held_by(reading: Reading, referent: Referent) -> bool:
    """Apple's CEO is Tim Cook; the CEO of Apple is Tim Cook."""
    mention = reading.name_at(reading.object)
    if mention is None or mention.type not in {"Person", None} or not is_job(reading.lexicon, referent.noun):
        return False
    if " ".join(referent.noun) in TIES or (referent.owner is None and not referent.definite):
        return False
    if referent.noun[0] in {"favourite", "favorite"}:
        return False
    person = reading.entity(mention, "Person")
    reading.findings.attribute(person, "role", referent.text, negated=reading.negated)
    owner = referent.owner
    if owner is not None and owner.type in {"Organization", "", "Thing"} and owner.name[:1].isupper():
        organization = reading.findings.entity(EntityRef("Organization", owner.name))
        reading.findings.attribute(person, "employer", organization.name)
    return True


def being_asked(reading: Reading) -> None:
    """Green is my favourite colour; petra@lumen.example, that's my work email."""
    line, start = reading.line, reading.whole[0]
    if line.word(start) not in {"my", "our"} or not reading.nouns.first_person or reading.negated:
        return
    span = line.without_fluff((start, reading.whole[1]))
    referent = reading.nouns.phrase(line, span, reading.findings)
    noun = line.words((start + 1, span[1])) if " of " in f" {' '.join(line.words(span))} " else referent.noun
    key = key_of_noun(noun) if noun else None
    value = _said_first(reading, key) if key is not None else None
    if key is not None and value and not referent.tied:
        reading.findings.attribute(reading.people.user, key, value)


def _said_first(reading: Reading, key: str) -> str | None:
    subject: Span = reading.clause.subject
    pointing = reading.line.words(subject) in {(), ("that",), ("this",), ("it",), ("which",)}
    if pointing:
        before = reading.line.raw((0, reading.clause.start))
        return email(before) if key == "email" else phone(before) if key == "phone" else None
    return reading.value(subject) if key.startswith(FAVOURITE) or key in SAID_FIRST else None


def changing(reading: Reading) -> None:
    """My email changed to vera@newmail.example; I changed my last name to Whitfield."""
    span, predicate = reading.after("to"), reading.predicate
    if span is None or predicate.negated or not (predicate.past or predicate.perfect) or not reading.subjects:
        return
    referent = reading.subjects[0]
    if not referent.noun and reading.object[0] < reading.object[1]:
        referent = reading.nouns.phrase(reading.line, reading.object, reading.findings)
    key = key_of_noun(referent.noun) if referent.noun else None
    if referent.owner is None or key is None or key not in KEYS:
        return
    raw = reading.line.raw(reading.line.without_fluff(span))
    value = {"email": email, "phone": phone}.get(key, lambda _: reading.value(reading.head(span)))(raw)
    if value:
        reading.findings.attribute(referent.owner, key, value, period=reading.beginning(), correction=True)
        reading.findings.correction(referent.owner, key, None, value)


def expiring(reading: Reading) -> None:
    """My passport expires in June 2027."""
    when = reading.point_behind()
    referent = reading.subjects[0] if reading.subjects else None
    if when is None or referent is None or not referent.noun or reading.predicate.past:
        return
    if referent.owner is not None:
        key = f"{key_from_noun(referent.noun)}_expiry"
        reading.findings.attribute(referent.owner, key, date_value(reading, when))
    elif referent.definite:
        thing = reading.findings.entity(EntityRef("Thing", referent.text))
        reading.findings.attribute(thing, "expiry", date_value(reading, when))


def lasting(reading: Reading) -> None:
    """My commute takes 50 minutes."""
    referent = reading.subjects[0] if reading.subjects else None
    value = reading.value(reading.head(reading.object))
    if (
        referent is not None
        and referent.owner is not None
        and referent.noun
        and value[:1].isdigit()
        and not reading.negated
    ):
        reading.findings.attribute(referent.owner, key_from_noun(referent.noun), value)


def doing(reading: Reading) -> None:
    """My job is teaching yoga."""
    if reading.predicate.progressive:
        being(reading)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "be": (being, being_asked),
    "change": (changing,),
    "expire": (expiring,),
    "take": (lasting,),
    "last": (lasting,),
    **dict.fromkeys(("reach", "contact", "call", "text", "email", "phone"), (phone_or_email,)),
}
OF_WHAT_CAN_BE: tuple[Rule, ...] = (phone_or_email,)
EVERY: tuple[Rule, ...] = (doing,)
