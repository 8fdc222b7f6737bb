"""Family and social ties: I have two brothers, Sofia is my aunt, Elena married Paolo."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from server.core.vocabulary.ties import TIES, Tie
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.nouns import FARTHEST_TIE, LONGEST_TIE, Referent
from server.memory.extraction.heuristic.people import TiedTo
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import POSSESSIVES, number, words

CHILDREN = words("child son daughter")
COMPOUNDS = words("house car tongue appointment room food clothes shower")
NAMING = words("named called name")
STATUS = {"marry": "married", "engage": "engaged", "divorce": "divorced", "separate": "separated"}
PARTNER = {"marry": "spouse", "engage": "fiance"}


def having(reading: Reading) -> None:
    """I have a sister; I have two brothers, Tom and Jim; they have three kids; a son named Elias."""
    if reading.predicate.passive or reading.predicate.over:
        return
    for item in reading.line.items(reading.object):
        found = _tie_in(reading, item)
        if found is None or reading.line.word(item[0]) == "no":
            continue
        tie, at, end = found
        if reading.predicate.negated:
            _childless(reading, tie)
            continue
        names = _names_behind(reading, end)
        for person in reading.persons():
            for name in names:
                reading.name_tied(TiedTo(person, replace(tie, plural=False)), name)
            if not names and not tie.plural and tie.family:
                _tell_age(reading, reading.people.find(TiedTo(person, tie), reading.findings), (item[0], at))
            _count(reading, person, tie, (item[0], at))


def _tell_age(reading: Reading, person: EntityRef, front: Span) -> None:
    """`a 5-year-old son`."""
    for word in reading.line.words(front):
        years, _, rest = word.partition("-")
        if years.isdecimal() and rest in {"year-old", "years-old"}:
            reading.findings.attribute(person, "age", years)


def _childless(reading: Reading, tie: Tie) -> None:
    if tie.plural and tie.label in CHILDREN:
        for person in reading.persons():
            reading.findings.attribute(person, "children", "0")


def _count(reading: Reading, person: EntityRef, tie: Tie, front: Span) -> None:
    amount = number(reading.line.word(front[0])) if front[0] < front[1] else None
    if tie.label == "child" and tie.plural and amount is not None:
        reading.findings.attribute(person, "children", str(amount))


def _tie_in(reading: Reading, item: Span) -> tuple[Tie, int, int] | None:
    line = reading.line
    for at in range(item[0], min(item[0] + FARTHEST_TIE, item[1])):
        for length in range(min(LONGEST_TIE, item[1] - at), 0, -1):
            tie = TIES.get(" ".join(line.words((at, at + length))))
            if tie is not None and line.word(at + length) not in COMPOUNDS:
                return tie, at, at + length
    return None


def _names_behind(reading: Reading, end: int) -> Sequence[Mention]:
    """The names directly behind a tie, or after `named` or a comma."""
    line, i = reading.line, end
    if line.word(i) in NAMING:
        i += 1
    elif line.words((i, i + 2)) == ("whose", "name"):
        i += 3
    elif line.word(i) not in {",", ":", "("} and line.mention_from(i) is None:
        return ()
    names: list[Mention] = []
    while i < reading.whole[1]:
        mention = line.mention_from(i)
        if mention is not None and mention.type in {"Person", "Place", None}:
            names.append(mention)
            i = mention.end
        elif line.word(i) in {"and", "&", ",", "("}:
            i += 1
        else:
            break
    return names


def marrying(reading: Reading) -> None:
    """I'm married to Kenji; Elena married Paolo; Aoife and I got engaged; we divorced."""
    predicate = reading.predicate
    span = reading.after("to") if predicate.passive else reading.object
    other = _person_at(reading, span) if span is not None and span[0] < span[1] else None
    if other is None and span is not None and span[0] < span[1]:
        return
    persons = reading.persons()
    user = reading.people.user
    for person in [user] if user in persons else persons[:1]:
        if predicate.passive or other is None:
            reading.state(person, "marital_status", STATUS[predicate.lemma], period=reading.beginning())
        label = PARTNER.get(predicate.lemma)
        partners = [other] if other is not None else [each for each in persons if each != person]
        period = reading.beginning() if predicate.past else reading.lasting()
        parted = label is None and bool(reading.line.words(span)) if span is not None else False
        for partner in partners if label is not None or parted else ():
            over = predicate.negated or label is None
            reading.findings.relation(person, label or "spouse", partner, negated=over, period=period)


def _person_at(reading: Reading, span: Span) -> EntityRef | None:
    referent = reading.nouns.phrase(reading.line, span, reading.findings)
    if referent.noun or (referent.mention is not None and referent.mention.type not in {"Person", None}):
        return None
    return reading.refer(referent, "Person")


def dating(reading: Reading) -> None:
    """Mia is dating Oscar."""
    other = _person_at(reading, reading.object) if reading.object[0] < reading.object[1] else None
    if other is not None and not reading.predicate.over:
        for person in reading.persons():
            reading.findings.relation(person, "partner", other, negated=reading.negated)


def being(reading: Reading) -> None:
    """Sofia is my aunt; my boss is Henrik; I'm Leo's godfather; Ivan is the father of Dmitri; a friend of mine."""
    if reading.object[0] >= reading.object[1] or reading.predicate.progressive or reading.predicate.passive:
        return
    subject = reading.subjects[0] if reading.subjects else None
    if subject is not None and subject.tied is not None and subject.mention is None and reading.name_at(reading.object):
        _named(reading, subject)
        return
    complement = _tie_complement(reading)
    if complement is None or complement.tied is None:
        return
    tied = replace(complement.tied, tie=replace(complement.tied.tie, plural=False))
    persons = reading.persons()
    if complement.tied.tie.plural and len(persons) == 1:
        return
    for person in persons:
        if person != tied.owner:
            _is_tied(reading, person, tied)


def _is_tied(reading: Reading, person: EntityRef, tied: TiedTo) -> None:
    if not reading.negated:
        reading.people.named(tied, person, reading.findings)
        if tied.tie.label == "cardiologist":
            reading.findings.attribute(person, "role", tied.tie.label)
        return
    reading.findings.relation(tied.owner, tied.tie.label, person, negated=True)
    if reading.ended or reading.predicate.used_to:
        reading.findings.correction(tied.owner, tied.tie.label, person.name, None)


def _named(reading: Reading, subject: Referent) -> None:
    """My kids are Noa and Ezra; my boss is Henrik, not Lars."""
    if subject.tied is None or reading.predicate.negated:
        return
    single = replace(subject.tied, tie=replace(subject.tied.tie, plural=False))
    span = reading.object if subject.tied.tie.plural else reading.head(reading.object)
    names = [mention for mention in reading.mentions(span) if mention.type in {"Person", None, "Place"}]
    for mention in names:
        reading.name_tied(single, mention)
    if names and reading.excluded is not None:
        old = reading.value(reading.head(reading.excluded))
        reading.findings.correction(single.owner, single.tie.label, old, names[0].name)


def _tie_complement(reading: Reading) -> Referent | None:
    """The tie that stands behind `be`, of somebody told there too."""
    line, (start, end) = reading.line, (reading.object[0], reading.whole[1])
    words_behind = line.words((start, end))
    for i, word in enumerate(words_behind[:-1]):
        if word == "of" and words_behind[i + 1] in {"mine", "ours"} and reading.nouns.first_person and i:
            tie = TIES.get(words_behind[i - 1])
            return Referent(tied=TiedTo(reading.people.user, tie)) if tie is not None else None
    mention = line.mention_from(start)
    possessed = line.word(start) in POSSESSIVES - {"your"} or (mention is not None and line.word(mention.end) == "'s")
    of_somebody = line.word(start) in {"the", "a"} and "of" in words_behind[:FARTHEST_TIE]
    if not (possessed or of_somebody):
        return None
    referent = reading.nouns.phrase(line, (start, end), reading.findings)
    return (
        referent if referent.tied is not None and referent.mention is None and line.word(referent.end) != "'s" else None
    )


def naming(reading: Reading) -> None:
    """My kids are called Noa and Ezra."""
    if reading.predicate.passive and reading.subjects and reading.subjects[0].mention is None:
        _named(reading, reading.subjects[0])


RULES: Mapping[str, tuple[Rule, ...]] = {
    "have": (having,),
    "marry": (marrying,),
    "engage": (marrying,),
    "divorce": (marrying,),
    "separate": (marrying,),
    "date": (dating,),
    "be": (being,),
    "call": (naming,),
    "name": (naming,),
}
