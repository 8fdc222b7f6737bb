"""What people are called: I'm Tomás, this is Dana from accounting, I go by Max, everyone calls me Shiv."""

from collections.abc import Mapping

from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import words

ALONE = words("i me")
GREETINGS = words("hi hey hello yo greetings")
AFTER_NAME = words("and from but by here speaking")
LONGEST_NICKNAME = 3


def introducing(reading: Reading) -> None:
    """I'm Dr. Amara Okafor; this is Dana from accounting."""
    start = reading.object[0]
    mention = reading.line.mention_from(start) if start < reading.object[1] else None
    said_of_oneself = reading.nouns.first_person and not (reading.predicate.negated or reading.predicate.past)
    if mention is None or mention.type not in {"Person", None} or not said_of_oneself:
        return
    if not _ends(reading, mention.end) or not _speaks_of_itself(reading, mention.end):
        return
    user = reading.people.user
    reading.findings.attribute(user, "name", mention.name)
    if mention.title:
        reading.findings.attribute(user, "title", mention.title)
    department = reading.after("from")
    if department is not None and len(reading.bare(department)) == 1 and reading.name_at(department) is None:
        reading.findings.attribute(user, "department", reading.value(department))


def _ends(reading: Reading, i: int) -> bool:
    return i >= reading.whole[1] or reading.line.tokens[i].kind == "mark" or reading.line.word(i) in AFTER_NAME


def _speaks_of_itself(reading: Reading, end: int) -> bool:
    """`I'm Dana`; `this is Dana` only where somebody reports in."""
    subject = reading.line.words(reading.clause.subject)
    if not subject or subject[-1] in ALONE:
        return bool(subject)
    greeted = bool(GREETINGS & set(reading.line.lowers[:3])) or reading.line.word(end) in {"from", "here", "speaking"}
    return subject[-1] in {"this", "it"} and greeted


def going_by(reading: Reading) -> None:
    """I go by Max."""
    mention = reading.name_at(reading.after("by"))
    if mention is not None and mention.type != "Place" and not reading.predicate.past and not reading.predicate.negated:
        for person in reading.persons():
            reading.findings.attribute(person, "nickname", mention.name)


def being_called(reading: Reading) -> None:
    """Everyone calls me Shiv."""
    start = reading.whole[0]
    if reading.predicate.passive or reading.line.word(start) != "me" or not reading.nouns.first_person:
        return
    mention = reading.line.mention_from(start + 1)
    value = mention.name if mention is not None else reading.value(reading.head((start + 1, reading.whole[1])))
    if value and len(value.split()) <= LONGEST_NICKNAME and (mention is not None or value[0].isupper()):
        reading.findings.attribute(reading.people.user, "nickname", value)


def using_pronouns(reading: Reading) -> None:
    """Sam uses they/them pronouns."""
    said = reading.bare(reading.object)
    if said[-1:] == ("pronouns",) and len(said) > 1 and not reading.negated:
        value = reading.value(reading.object).removesuffix("pronouns").strip()
        for person in reading.persons():
            reading.findings.attribute(person, "pronouns", value)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "be": (introducing,),
    "go": (going_by,),
    "call": (being_called,),
    "nickname": (being_called,),
    "use": (using_pronouns,),
}
