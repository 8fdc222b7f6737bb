"""Plans and goals: what is about to be done, and what somebody wants."""

from collections.abc import Mapping

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.locality import names_place
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import words

TRAVELLING = words("fly travel go drive head visit move arrive depart land leave sail return")
DOING = TRAVELLING | words(
    "spend attend take meet see start get have host celebrate run marry give present launch begin"
)
SCHEDULED = words("fly land arrive depart leave start begin return move")
APPOINTMENTS = words(
    "appointment meeting interview exam flight test surgery operation checkup check-up reservation booking date call "
    "class lesson deadline trip train viewing wedding hearing presentation scan bus ferry plane course semester shift "
    "vacation holiday concert conference"
)
IDLE = words("bed sleep home shower it that this lunch")
NO_GOALS = words(
    "know ask say thank talk tell check understand use hear make sure help keep share let add clarify point"
)
PLANNED = words("to on a an")
POINTING = words("it them this that him her there so")


def planning(reading: Reading) -> None:
    """I'm flying to Tokyo next Friday; I'm going to spend Christmas in Tenerife; we're planning a trip."""
    if _is_plan(reading) and not set(reading.words[:2]) & IDLE:
        for person in reading.persons():
            if person.type == "Person":
                plan(reading, person)


def _is_plan(reading: Reading) -> bool:
    predicate, dated = reading.predicate, reading.point() is not None
    if predicate.negated or predicate.past or predicate.perfect or predicate.modal not in {"", "will"}:
        return False
    if predicate.lemma in {"plan", "intend"}:
        return predicate.progressive or reading.words[:1] == ("to",)
    if predicate.lemma not in DOING:
        return False
    if predicate.progressive or predicate.passive:
        return dated and (predicate.progressive or predicate.lemma == "marry")
    if predicate.modal == "will":
        return dated
    scheduled = predicate.lemma in SCHEDULED and dated and _is_ahead(reading)
    return predicate.future or scheduled


def _is_ahead(reading: Reading) -> bool:
    """A day to come, rather than one of every week."""
    point = reading.point()
    return point is not None and not set(reading.words) & {"every", "each", "usually", "always"}


def plan(reading: Reading, person: EntityRef) -> None:
    """What is about to be done, valid until it is over."""
    start, end = reading.line.without_fluff(reading.unbroken(reading.whole))
    planned = reading.predicate.lemma in {"plan", "intend"}
    while planned and reading.line.word(start) in PLANNED and start < end:
        start += 1
    got = reading.predicate.passive and not planned
    first = start if planned else reading.predicate.end - (2 if got else 1)
    when = reading.point()
    period = reading.until_over(when) if when is not None else reading.lasting()
    reading.findings.attribute(person, "plan", with_dates(reading, (first, end)), period=period, confidence=0.8)


def with_dates(reading: Reading, span: Span) -> str:
    """The text of a span, with `next Friday` written as the date it is, so that it means something later."""
    parts: list[str] = []
    i = span[0]
    for time in reading.times:
        if time.days.relative and span[0] <= time.span[0] < span[1]:
            parts += [reading.line.raw((i, time.span[0])), time.days.begin.date().isoformat()]
            i = time.span[1]
    parts.append(reading.line.raw((i, span[1])))
    return " ".join(filter(None, parts)).rstrip(" .,!")


def wanting(reading: Reading) -> None:
    """I want to retire at 55; I'd love to see the northern lights; I hope to visit Kenya."""
    predicate, behind = reading.predicate, reading.words
    if predicate.negated or predicate.past or predicate.perfect or predicate.passive or behind[:1] != ("to",):
        return
    if predicate.lemma in {"love", "like"} and predicate.modal != "would":
        return
    short = len(behind) <= len(("to", "see", "it"))
    if behind[1:2] and (behind[1] in NO_GOALS or (behind[1] in {"be", "see", "do", "go", "try"} and short)):
        return
    _aims_at(reading, (reading.whole[0] + 1, reading.whole[1]))


def saving_up(reading: Reading) -> None:
    """I'm saving up for a camper van; I'm training for a marathon."""
    if reading.predicate.progressive and not reading.predicate.negated and reading.after("for") is not None:
        _aims_at(reading, (reading.predicate.end - 1, reading.whole[1]))


def _aims_at(reading: Reading, span: Span) -> None:
    start, end = reading.line.without_fluff(reading.unbroken(span))
    said = reading.line.words((start, end))
    if not said or said[-1] in POINTING or {"you", "your"} & set(said):
        return
    value = reading.line.raw((start, end))
    for person in reading.persons():
        reading.findings.attribute(person, "goal", value, confidence=0.7)


def appointments(reading: Reading) -> None:
    """I have an appointment with Dr. Sato on 2 April."""
    predicate, when = reading.predicate, reading.point()
    if predicate.negated or predicate.past or predicate.perfect or when is None:
        return
    if set(reading.bare(reading.object)) & APPOINTMENTS:
        start = reading.line.trimmed(reading.object)[0]
        text = with_dates(reading, reading.line.without_fluff((start, reading.whole[1])))
        for person in reading.persons():
            reading.findings.attribute(person, "plan", text, period=reading.until_over(when), confidence=0.8)


def departures(reading: Reading) -> None:
    """My flight leaves at 6:40 tomorrow."""
    when = reading.point()
    subject = reading.subjects[0] if reading.subjects else None
    if when is None or subject is None or subject.owner is None or not subject.noun or reading.predicate.past:
        return
    if subject.noun[-1] in APPOINTMENTS:
        text = with_dates(reading, reading.line.without_fluff((reading.predicate.start, reading.whole[1])))
        value = f"{subject.text} {text}"
        reading.findings.attribute(subject.owner, "plan", value, period=reading.until_over(when), confidence=0.8)


def being_there(reading: Reading) -> None:
    """I'll be in Berlin next week; I'm off to Greece tomorrow."""
    predicate, span = reading.predicate, reading.after("in", "to", "at")
    times = [time for time in reading.times if reading.whole[0] <= time.span[0] < reading.whole[1]]
    leaving = reading.words[:1] == ("off",)
    if span is None or not times or predicate.negated or predicate.past or not (predicate.future or leaving):
        return
    if names_place(reading, span) or leaving:
        start, end = reading.line.without_fluff(reading.unbroken(reading.whole))
        for person in reading.persons():
            text = with_dates(reading, (start, end))
            reading.findings.attribute(person, "plan", text, period=reading.until_over(times[-1]), confidence=0.8)


RULES: Mapping[str, tuple[Rule, ...]] = {
    **dict.fromkeys(sorted(DOING | {"plan", "intend"}), (planning,)),
    **dict.fromkeys(("want", "love", "like", "hope", "dream", "aim", "wish"), (wanting,)),
    **dict.fromkeys(("leave", "start", "begin", "depart", "arrive", "land"), (planning, departures)),
    "have": (appointments, planning),
    "be": (being_there,),
    "save": (saving_up,),
    "train": (saving_up,),
}
OF_WHAT_COMES: tuple[Rule, ...] = (planning, departures, being_there)
