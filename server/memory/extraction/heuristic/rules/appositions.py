"""What stands beside a name: `our head of marketing, Lucía`, `Fatima, VP at Zalando`, `Margaret, 52`; introductions."""

from collections.abc import Iterator, Sequence

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.jobs import is_job
from server.memory.extraction.heuristic.line import Line, Span
from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.being import OLDEST
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.values import job
from server.memory.extraction.heuristic.rules.work import company_of
from server.memory.extraction.heuristic.words import DASHES, POSSESSIVES, number

MARKS = DASHES | {",", "(", ")", ":", ".", "!"}
INTRODUCTION = 3


def beside_subject(reading: Reading) -> None:
    """The age, job and employer that a subject carries beside its name."""
    groups = tuple(_groups(reading.line, reading.clause.subject))
    named = next((mention for start, _ in groups if (mention := _person_at(reading, start)) is not None), None)
    if len(groups) <= 1 or named is None:
        return
    referent = next((referent for referent in reading.subjects if referent.mention is named), None)
    person = None if referent is None else reading.refer(referent, "Person")
    if person is None or person.type != "Person":
        return
    for group in groups:
        if reading.line.mention_from(group[0]) is not named and reading.line.word(group[0]) not in POSSESSIVES - {
            "our"
        }:
            _tell(reading, person, group)


def beside_own_name(reading: Reading) -> None:
    """`I'm Amara Okafor, a cardiologist at St. Mary's`."""
    groups = tuple(_groups(reading.line, reading.whole))
    if len(groups) <= 1 or reading.predicate.lemma != "be":
        return
    mention, user = _person_at(reading, groups[0][0]), reading.people.user
    if mention is not None and (user, "name", mention.name.lower(), False) in reading.findings.attributes:
        for group in groups[1:]:
            _tell(reading, user, group)


def _person_at(reading: Reading, start: int) -> Mention | None:
    mention = reading.line.mention_from(start)
    fits = mention is not None and mention.type in {"Person", None} and reading.line.word(mention.end) != "'s"
    return mention if fits else None


def _tell(reading: Reading, person: EntityRef, group: Span) -> None:
    age = _age(reading.line, group)
    if age is not None:
        reading.findings.attribute(person, "age", str(age))
        return
    value = job(reading, group)
    tied = any(reading.line.word(i) == "'s" for i in range(*group))
    if value is not None and not tied:
        reading.findings.attribute(person, "role", value)
        company_of(reading, person, group)


def _age(line: Line, group: Span) -> int | None:
    alone = group[1] - group[0] == 1 or line.word(group[0] + 1) in {"years", "yo"}
    age = number(line.word(group[0])) if line.word(group[0]) not in {"a", "an"} else None
    return age if alone and age is not None and age <= OLDEST else None


def introduction(reading: Reading) -> None:
    """`Ling here`; `Nkechi, 31, product designer, Lagos`: a sentence without a verb."""
    line = reading.line
    mention = next((found for found in line.mentions if found.type in {"Person", None}), None)
    if mention is None or not reading.nouns.first_person:
        return
    groups = tuple(_groups(line, (mention.start, len(line))))
    following = line.word(mention.end + 1)
    reports_in = line.word(mention.end) == "here" and following in MARKS | {"", "from"}
    department = line.words((mention.end, mention.end + 3)) if line.word(mention.end + 2) == "here" else ()
    listed = (
        len(groups) >= INTRODUCTION and groups[0] == (mention.start, mention.end) and _is_introduction(reading, groups)
    )
    from_department = department[:1] in {("from",), ("in",)}
    if not (reports_in or listed or from_department):
        return
    user = reading.people.user
    if from_department:
        reading.findings.attribute(user, "department", department[1])
    reading.findings.attribute(user, "name", mention.name)
    for group in groups[1:] if listed else ():
        _tell(reading, user, group)
        place = line.mention_from(group[0])
        if place is not None and place.type == "Place" and place.end == group[1]:
            reading.findings.attribute(user, "location", place.name)


def _is_introduction(reading: Reading, groups: Sequence[Span]) -> bool:
    line = reading.line
    return any(_age(line, group) is not None or is_job(reading.lexicon, line.words(group)) for group in groups)


def _groups(line: Line, span: Span) -> Iterator[Span]:
    """The parts of a span between marks."""
    start = span[0]
    for i in range(*span):
        if line.word(i) in MARKS and line.mention(i) is None:
            if start < i:
                yield start, i
            start = i + 1
    if start < span[1]:
        yield start, span[1]


EVERY: tuple[Rule, ...] = (beside_subject, beside_own_name)
