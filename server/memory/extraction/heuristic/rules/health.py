"""Allergies, illnesses, medicines, and what people do not eat."""

from collections.abc import Iterator, Mapping, Sequence

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import POSSESSIVES, words

FOODS_OF_DIETS = words(
    "meat pork beef fish seafood shellfish dairy gluten eggs sugar poultry chicken animals lamb bread wheat carbs "
    "alcohol red onions garlic nuts peanuts lactose caffeine"
)
AFTER_DIET = words("since because now for person diet by")
AFTER_STATE = words("in since with and to for , so")
REASONS = words("so because but which since")
DEGREES = words("bad severe serious mild any several food terrible")
PARTS = words(
    "ankle wrist arm leg foot hand finger toe knee hip collarbone rib nose back neck shoulder elbow thumb jaw skull "
    "hamstring"
)
INJURIES = {
    "break": "broken",
    "sprain": "sprained",
    "tear": "torn",
    "fracture": "fractured",
    "injure": "injured",
    "hurt": "hurt",
}


def health_states(reading: Reading, person: EntityRef, span: Span) -> bool:
    """I'm allergic to penicillin, lactose intolerant, vegan, diabetic; true when the words told one of them."""
    return _sensitive(reading, person, span) or _state(reading, person, span) or _on_medicine(reading, person, span)


def _sensitive(reading: Reading, person: EntityRef, span: Span) -> bool:
    line = reading.line
    start, end = line.trimmed(span)
    said = line.words((start, end))
    if said[:1] in {("allergic",), ("intolerant",)} and said[1:2] == ("to",):
        for item in line.items(line.without_fluff((start + 2, reading.whole[1]))):
            if line.word(item[0]) not in POSSESSIVES:
                reading.state(person, "allergy", line.value(_up_to(reading, item, REASONS)), contrast=False)
        return True
    if len(said) > 1 and said[-1] in {"intolerant", "allergic"}:
        reading.state(person, "allergy", line.raw((start, end - 1)), contrast=False)
        return True
    return False


def _state(reading: Reading, person: EntityRef, span: Span) -> bool:
    line, lexicon = reading.line, reading.lexicon
    start, end = line.trimmed(span)
    diet = lexicon.diets.length_at(line.lowers, start, end)
    if diet and (start + diet >= end or line.word(start + diet) in AFTER_DIET):
        reading.state(person, "diet", line.raw((start, start + diet)), contrast=False)
        return True
    if _is_months_pregnant(line.words((start, end))):
        reading.state(person, "condition", line.raw((start, end)), contrast=False)
        return True
    state = lexicon.health_states.length_at(line.lowers, start, end)
    if state and (start + state >= end or line.word(start + state) in AFTER_STATE):
        reading.state(person, "condition", line.raw((start, start + state)), contrast=False)
        return True
    return False


def _is_months_pregnant(said: Sequence[str]) -> bool:
    """`6 months pregnant`."""
    return len(said) > 1 and said[-1] == "pregnant" and said[-2] in {"months", "weeks", "month"}


def _up_to(reading: Reading, span: Span, stops: frozenset[str]) -> Span:
    return span[0], next((i for i in range(*span) if reading.line.word(i) in stops), span[1])


def _on_medicine(reading: Reading, person: EntityRef, span: Span) -> bool:
    if reading.line.word(span[0]) not in {"on", "taking"}:
        return False
    start, end = reading.line.trimmed((span[0] + 1, span[1]))
    diet = reading.lexicon.diets.length_at(reading.line.lowers, start, end)
    if diet:
        reading.state(person, "diet", reading.line.raw((start, start + diet)), contrast=False)
        return True
    found = tuple(medicines(reading, (span[0] + 1, reading.whole[1])))
    for value in found:
        reading.state(person, "medication", value, contrast=False)
    if found:
        _treated(reading, person)
    return bool(found)


def _treated(reading: Reading, person: EntityRef) -> None:
    """`for anxiety`, behind a medicine."""
    span = reading.after("for")
    value = _condition(reading, span, any_words=False) if span is not None else None
    if value is not None and not reading.negated:
        reading.state(person, "condition", value, contrast=False)


def medicines(reading: Reading, span: Span) -> Iterator[str]:
    """The medicines that a list names."""
    for item in reading.line.items(span):
        for at in range(*item):
            length = reading.lexicon.medicines.length_at(reading.line.lowers, at, item[1])
            if length or reading.line.word(at).endswith(reading.lexicon.medicine_endings):
                yield reading.line.raw((at, at + max(length, 1)))
                break


def taking(reading: Reading) -> None:
    """I take metformin twice a day."""
    for value in medicines(reading, reading.object):
        for person in reading.persons():
            reading.state(person, "medication", value)
            _treated(reading, person)


def being_given(reading: Reading) -> None:
    """My doctor put me on lisinopril."""
    if "me" not in reading.words[:2] or not reading.nouns.first_person or reading.predicate.negated:
        return
    span = reading.after("on") or reading.object
    for value in medicines(reading, (span[0] + (reading.line.word(span[0]) == "me"), span[1])):
        reading.state(reading.people.user, "medication", value)


def suffering(reading: Reading) -> None:
    """I have asthma; she suffers from migraines; he was diagnosed with Parkinson's."""
    predicate = reading.predicate
    span = reading.object if predicate.lemma in {"have", "develop", "battle", "get"} else reading.after("from", "with")
    if span is None or (predicate.over and predicate.lemma == "have"):
        return
    named = predicate.lemma in {"suffer", "diagnose"} and not predicate.negated
    for item in reading.line.items(reading.head(span) if named else span):
        value = _condition(reading, item, any_words=named)
        for person in reading.persons() if value else ():
            reading.state(person, "condition", value or "")


def _condition(reading: Reading, item: Span, *, any_words: bool) -> str | None:
    line = reading.line
    start, end = line.trimmed(item)
    for at in range(start, end):
        length = reading.lexicon.conditions.length_at(line.lowers, at, end)
        if length:
            return line.raw((start, at + length))
    return line.raw((start, end)) if any_words and start < end else None


def injured(reading: Reading) -> None:
    """I broke my ankle last week."""
    predicate = reading.predicate
    part = next((word for word in reading.bare(reading.head(reading.object)) if word in PARTS), None)
    if predicate.negated or not (predicate.past or predicate.perfect) or part is None:
        return
    for person in reading.persons():
        value = f"{INJURIES[predicate.lemma]} {part}"
        reading.findings.attribute(person, "condition", value, period=reading.beginning())


def allergies(reading: Reading) -> None:
    """I have a peanut allergy; he has an allergy to latex."""
    line = reading.line
    start, end = line.trimmed(reading.object)
    at = next((i for i in range(start, end) if line.word(i) in {"allergy", "allergies", "intolerance"}), None)
    if at is None or reading.predicate.negated:
        return
    to = reading.after("to")
    skipped = start + (line.word(start) in DEGREES)
    values = list(reading.items(to)) if to is not None else [line.raw((skipped, at))]
    for person in reading.persons():
        for value in filter(None, values):
            reading.state(person, "allergy", value)


def eating(reading: Reading) -> None:
    """I don't eat pork; I can't eat gluten; I follow a keto diet."""
    predicate, line = reading.predicate, reading.line
    start, end = line.trimmed(reading.object)
    diet = reading.lexicon.diets.length_at(line.lowers, start, end)
    if diet and not predicate.modal:
        for person in reading.persons():
            reading.state(person, "diet", line.raw((start, start + diet)))
        return
    if predicate.lemma not in {"eat", "drink", "consume", "have"} or not predicate.negated or predicate.past:
        return
    foods = [item for item in line.items(line.without_fluff(reading.object)) if set(line.words(item)) & FOODS_OF_DIETS]
    if predicate.lemma == "have" and not predicate.modal:
        return
    for person in reading.persons():
        for item in foods:
            skip = line.word(item[0]) in {"any", "much", "the"}
            reading.findings.attribute(person, "diet", f"no {reading.value((item[0] + skip, item[1]))}")


RULES: Mapping[str, tuple[Rule, ...]] = {
    "take": (taking,),
    "use": (taking,),
    "put": (being_given,),
    "prescribe": (being_given,),
    "have": (suffering, allergies, eating),
    "suffer": (suffering,),
    "diagnose": (suffering,),
    "live": (suffering,),
    "battle": (suffering,),
    "develop": (suffering,),
    "eat": (eating,),
    "drink": (eating,),
    "follow": (eating,),
    "keep": (eating,),
    "go": (eating,),
} | dict.fromkeys(INJURIES, (injured,))
OF_WHAT_CAN_BE: tuple[Rule, ...] = (eating,)
