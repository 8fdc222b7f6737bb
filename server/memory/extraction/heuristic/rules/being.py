"""What people are: a nurse, 34, Brazilian, vegan, allergic to nuts, on the payments team, six foot two."""

import re
from collections.abc import Mapping
from dataclasses import replace

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.findings import ALWAYS
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.predicates import Predicate
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.health import health_states
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.values import job, organization
from server.memory.extraction.heuristic.rules.work import company_of
from server.memory.extraction.heuristic.words import ADVERBS, ARTICLES, DASHES, POSSESSIVES, number, words

OLDEST = 125
BEREFT = words("widow widower")
MARITAL = words("single married divorced engaged widowed separated")
AFTER_SINGLE = words("again now since at for mum mom dad")
AFTER_AGE = words("years year yo y/o yrs now today old this next in at")
AFTER_ORIGIN = words("citizen national by but originally and at")
PARENTS = words("mother father mom mum dad parent parents")
SELF_EMPLOYED = words("self-employed selfemployed freelancing")
NOT_ABOUT_SOMEBODY = words("this that there what which it")
_DECADES = "teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|20s|30s|40s|50s|60s|70s|80s|90s"
_AGE_IN_WORDS = re.compile(rf"(?:in )?(?:my|his|her|their) ((?:early |mid |mid-|late )?(?:{_DECADES}))")
_YEARS_OLD = re.compile(r"(\d{1,3})-years?-old")
_TALL = re.compile(
    r"([\d.,]{1,6} ?(?:m|cm|ft|feet|foot|metres?|meters?)\b(?: \d{1,2}(?: ?(?:in|inches|cm))?)?) ?tall"
    r"|(\d['\u2019]\d{1,2}\"?)"
    r"|((?:four|five|six|seven) (?:foot|feet)(?: \w+)?)"
)


def traits(reading: Reading) -> None:
    """The complements of `be`: each item of a list is looked at by itself."""
    subject = reading.line.words(reading.clause.subject)
    about_people = any(referent.tied or referent.entities or referent.mention for referent in reading.subjects)
    if not about_people or (subject[-1:] and subject[-1] in NOT_ABOUT_SOMEBODY):
        return
    items = _complements(reading)
    for person in reading.persons():
        told = True
        for item in items:
            told = _item(reading, person, item, after_told=told, first=item == items[0])


def _complements(reading: Reading) -> list[Span]:
    """The parts of the complement between marks and conjunctions, prepositional phrases included."""
    line, start = reading.line, reading.whole[0]
    items: list[Span] = []
    for i in range(*reading.whole):
        border = line.word(i) in {",", "(", ")", ";", "and", "but", "or"} | DASHES
        if border and line.mention(i) is None:
            items.append((start, i))
            start = i + 1
    items.append((start, reading.whole[1]))
    return [item for item in items if item[0] < item[1]]


def _item(reading: Reading, person: EntityRef, item: Span, *, after_told: bool, first: bool) -> bool:
    """Whether an item told something; what follows one that did not is no trait unless it begins anew."""
    line, start = reading.line, item[0]
    if not (first or after_told or line.word(start) in {"a", "an"}):
        return False
    while start < item[1] and line.word(start) in ADVERBS and line.mention(start) is None:
        start += 1
    if line.word(start) == "not" and not first:
        denied = replace(reading, clause=replace(reading.clause, predicate=replace(reading.predicate, negated=True)))
        return _trait(denied, person, (start + 1, item[1]))
    return start < item[1] and _trait(reading, person, (start, item[1]))


def _trait(reading: Reading, person: EntityRef, span: Span) -> bool:
    readers = (_height, _age, _marital, _origin, health_states, _parent_of, _occupation, _self_employed, _posting)
    return any(reader(reading, person, span) for reader in readers)


def _age(reading: Reading, person: EntityRef, span: Span) -> bool:
    line = reading.line
    old = _YEARS_OLD.fullmatch(line.word(line.trimmed(span)[0]))
    if old:
        reading.state(person, "age", old[1], contrast=False)
        return line.trimmed(span)[0] + 1 >= span[1]
    in_words = _AGE_IN_WORDS.match(" ".join(line.words((span[0], span[0] + 5))))
    if in_words:
        reading.state(person, "age", in_words[1], contrast=False)
        return True
    start = span[0] + (line.word(span[0]) in {"turning", "about", "almost"})
    age = number(line.word(start)) if line.word(start) not in ARTICLES | {"one"} else None
    following = line.word(start + 1)
    ends = start + 1 >= span[1] or following in AFTER_AGE or line.tokens[start + 1].kind == "mark"
    dated = following not in {"in", "at", "this", "next"} or reading.point() is not None
    if age is None or age > OLDEST or not ends or not dated or reading.predicate.past:
        return False
    reading.state(person, "age", str(age), contrast=False)
    return True


def _marital(reading: Reading, person: EntityRef, span: Span) -> bool:
    status, following = reading.line.word(span[0]), reading.line.word(span[0] + 1)
    alone = span[0] + 1 >= span[1]
    if {status, following} & BEREFT and (status in BEREFT or status in ARTICLES):
        reading.state(person, "marital_status", "widowed", contrast=False)
        return True
    if status not in MARITAL or (status == "single" and not alone and following not in AFTER_SINGLE):
        return False
    reading.state(person, "marital_status", status, contrast=False)
    return following not in {"mum", "mom", "dad"}


def _origin(reading: Reading, person: EntityRef, span: Span) -> bool:
    """Nationality and faith."""
    start, end = reading.line.trimmed(span)
    start += reading.line.word(start) in {"half", "part"}
    for phrases, key in ((reading.lexicon.nationalities, "nationality"), (reading.lexicon.religions, "religion")):
        length = phrases.length_at(reading.line.lowers, start, end)
        if length and (start + length >= end or reading.line.word(start + length) in AFTER_ORIGIN):
            reading.state(person, key, reading.line.raw((start, start + length)), contrast=False)
            return True
    return False


def _occupation(reading: Reading, person: EntityRef, span: Span) -> bool:
    if reading.predicate.passive or reading.predicate.progressive or _is_somebodys(reading, span):
        return False
    value = job(reading, span)
    if value is None:
        return False
    if reading.predicate.over:
        denied = person == reading.people.user or reading.predicate.negated
        period = reading.lasting()
        reading.findings.attribute(person, "role", value, negated=denied, period=period if period.end else ALWAYS)
    else:
        reading.state(person, "role", value, contrast=False)
    company_of(reading, person, span)
    return True


def _is_somebodys(reading: Reading, span: Span) -> bool:
    """`my doctor` is a tie, `a doctor` a job."""
    line = reading.line
    owned = line.word(span[0]) in POSSESSIVES or any(line.word(i) == "'s" for i in range(*span))
    return owned or line.words((span[1] - 2, span[1])) == ("of", "mine")


def _parent_of(reading: Reading, person: EntityRef, span: Span) -> bool:
    """`a single mother of two`."""
    said = reading.bare(span)
    at = next((i for i, word in enumerate(said) if word in PARENTS), len(said))
    amount = number(said[at + 2]) if said[at + 1 : at + 2] == ("of",) and len(said) > at + 2 else None
    if amount is None or reading.negated:
        return False
    reading.findings.attribute(person, "children", str(amount))
    return True


def _self_employed(reading: Reading, person: EntityRef, span: Span) -> bool:
    status = reading.line.word(span[0])
    if status in SELF_EMPLOYED:
        reading.state(person, "employer", "self-employed", contrast=False)
    elif status in {"unemployed", "jobless"} or reading.line.words((span[0], span[0] + 2)) == ("between", "jobs"):
        reading.state(person, "role", "unemployed", contrast=False)
    else:
        return False
    return True


def _posting(reading: Reading, person: EntityRef, span: Span) -> bool:
    """I'm on the payments team at Klarna; he's at ABB now."""
    preposition = reading.line.word(span[0])
    behind = (span[0] + 1, span[1])
    if reading.predicate.past or preposition not in {"at", "with", "on"}:
        return False
    if preposition == "on":
        return _team(reading, person, behind)
    mention = reading.line.mention_from(behind[0])
    if mention is None or mention.type not in {"Organization", None}:
        return False
    if mention.type is None and not {"now", "currently"} & set(reading.words):
        return False
    value = organization(reading, behind)
    if value is not None:
        reading.state(person, "employer", value, confidence=0.7, contrast=False)
    return value is not None


def _team(reading: Reading, person: EntityRef, span: Span) -> bool:
    line = reading.line
    start, end = line.trimmed(span)
    team = next((i for i in range(start, end) if line.word(i) in {"team", "squad", "crew"}), start)
    if team == start or line.word(start) in POSSESSIVES:
        return False
    reading.state(person, "department", line.raw((start, team)), contrast=False)
    company_of(reading, person, (team, span[1]))
    return True


def _height(reading: Reading, person: EntityRef, span: Span) -> bool:
    match = _TALL.match(reading.line.raw(span).lower())
    if match is None:
        return False
    reading.state(person, "height", next(filter(None, match.groups())).strip(), contrast=False)
    return True


def weighing(reading: Reading) -> None:
    value = reading.value(reading.head(reading.object))
    if value[:1].isdigit():
        for person in reading.persons():
            reading.state(person, "weight", value)


def turning(reading: Reading) -> None:
    """I just turned 29; Grandma turns 90 in June."""
    age = number(reading.line.word(reading.whole[0]))
    if age is None or age > OLDEST or reading.predicate.negated:
        return
    for person in reading.persons():
        coming = reading.predicate.future or not reading.predicate.past
        reading.findings.attribute(person, "age", str(age), period=reading.beginning() if coming else reading.lasting())


def pregnant(reading: Reading) -> None:
    """I'm expecting my first child in August."""
    if reading.predicate.progressive and {"child", "baby", "twins", "girl", "boy"} & set(reading.words):
        value = reading.line.raw((reading.predicate.end - 1, reading.object[1]))
        for person in reading.persons():
            reading.state(person, "condition", value)


def speaking_as(reading: Reading) -> None:
    """As a nurse, I work long shifts."""
    line, user = reading.line, reading.people.user
    start = reading.clause.lead[0] if reading.clause.lead[0] < reading.clause.lead[1] else reading.clause.start
    if line.word(start) != "as" or line.word(start + 1) not in {"a", "an"} or user not in reading.persons():
        return
    end = next((i for i in range(start, reading.predicate.start) if line.word(i) == ","), start)
    now = replace(reading, clause=replace(reading.clause, predicate=Predicate(0, 0, "be"), rest=(start + 1, end)))
    _trait(now, user, (start + 1, end))


RULES: Mapping[str, tuple[Rule, ...]] = {
    "be": (traits,),
    "weigh": (weighing,),
    "turn": (turning,),
    "expect": (pregnant,),
}
OF_WHAT_COMES: tuple[Rule, ...] = (turning,)
EVERY: tuple[Rule, ...] = (speaking_as,)
