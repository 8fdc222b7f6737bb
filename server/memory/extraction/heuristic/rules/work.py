"""Employers, jobs, titles and pay."""

from collections.abc import Mapping

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.locality import names_place, place
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.rules.values import DEPARTMENTS, is_money, job, organization
from server.memory.extraction.heuristic.words import ARTICLES, FIRST_POSSESSIVE, words

NO_INDUSTRIES = words("office shifts person team teams production town morning evening pairs progress bed there here")
NO_PROJECTS = words(
    "it that this them weekends sundays saturdays mondays commission myself something things stuff one project "
    "getting improving being"
)
REFLEXIVE = words("myself herself himself themselves")
POSITIONS = words("job position role offer gig internship apprenticeship work post")
NEW = words("new current day full-time part-time")
STUDYING = words("student undergrad freshman sophomore pupil undergraduate")
LONGEST_FIELD = 3


def working(reading: Reading) -> None:
    """I work at Siemens as an engineer in Munich; he works for the city; I work in insurance."""
    for person in reading.persons():
        employed(reading, person, reading.after("at", "for"))
        _role(reading, person, reading.after("as"))
        work_place(reading, person)
        _project(reading, person)
        _colleagues(reading, person)


def employed(reading: Reading, person: EntityRef, span: Span | None) -> None:
    """The employer behind `at` or `for`."""
    if span is None:
        return
    value = "self-employed" if reading.line.word(span[0]) in REFLEXIVE else organization(reading, span)
    if value is None:
        return
    if reading.predicate.over:
        period = reading.lasting()
        reading.findings.attribute(person, "employer", value, period=period, negated=period.end is None)
    else:
        reading.state(person, "employer", value, period=reading.beginning() if reading.predicate.future else None)


def _colleagues(reading: Reading, person: EntityRef) -> None:
    """I work with Sanjay; Lucy works with me."""
    span, user = reading.after("with"), reading.people.user
    if span is None or reading.predicate.over:
        return
    if reading.line.word(span[0]) == "me" and reading.nouns.first_person:
        reading.findings.relation(user, "colleague", person, negated=reading.negated)
    elif person == user:
        for mention in reading.mentions(span):
            if mention.type == "Person":
                reading.findings.relation(user, "colleague", reading.entity(mention, "Person"), negated=reading.negated)


def _role(reading: Reading, person: EntityRef, span: Span | None) -> None:
    if span is None:
        return
    value = job(reading, span)
    if value is None and reading.line.word(span[0]) in {"a", "an"}:
        value = reading.value(reading.head(span))
    if value is None:
        return
    if reading.predicate.over:
        reading.findings.attribute(person, "role", value, negated=person == reading.people.user)
    else:
        reading.state(person, "role", value)


def _begun_as(reading: Reading, person: EntityRef) -> None:
    """The role behind `as` of a job that has begun: it holds, though the verb is in the past."""
    span = reading.after("as")
    value = job(reading, span) if span is not None else None
    if value is not None:
        reading.findings.attribute(person, "role", value, period=reading.beginning(), correction=reading.changed)


def work_place(reading: Reading, person: EntityRef) -> None:
    """The town behind `in`, or the field when it is no town."""
    if "based" in reading.words or reading.predicate.over:
        return
    for phrase in reading.phrases:
        if phrase.prep != "in":
            continue
        value = place(reading, phrase.span) if names_place(reading, phrase.span) else None
        if value is not None:
            reading.state(person, "work_location", value)
        elif reading.line.mention(phrase.start) is None and reading.predicate.lemma == "work":
            _industry(reading, person, reading.head(phrase.span))


def _industry(reading: Reading, person: EntityRef, span: Span) -> None:
    field = reading.bare(span)
    if (
        field
        and not set(field) & NO_INDUSTRIES
        and not reading.introduced_by_article(span)
        and len(field) <= LONGEST_FIELD
    ):
        reading.state(person, "industry", reading.value(span))


def _project(reading: Reading, person: EntityRef) -> None:
    span = reading.from_phrase("on")
    if span is None or reading.predicate.negated or reading.predicate.over:
        return
    span = reading.unbroken(span)
    if reading.bare(span) and reading.bare(span)[0] not in NO_PROJECTS:
        reading.state(person, "project", reading.value(span))


def making(reading: Reading) -> None:
    """I'm writing a thesis on coral reefs."""
    predicate = reading.predicate
    if (
        not predicate.progressive
        or predicate.negated
        or predicate.past
        or reading.line.word(reading.object[0]) not in {"a", "an"}
    ):
        return
    for person in reading.persons():
        reading.state(
            person, "project", reading.value(reading.with_following(reading.head(reading.object), "on", "for", "about"))
        )


def getting_job(reading: Reading) -> None:
    """Last month I started a new job at Shopify; she is getting a job at Amazon."""
    predicate, span = reading.predicate, reading.after("at", "with", "for", "from")
    begun = predicate.past or predicate.perfect or predicate.progressive or predicate.lemma == "have"
    if span is None or predicate.negated or not begun or not set(reading.bare(reading.object)) & POSITIONS:
        return
    value = organization(reading, span)
    if value is not None:
        for person in reading.persons():
            reading.findings.attribute(
                person, "employer", value, period=reading.beginning(), correction=reading.changed
            )


def beginning(reading: Reading) -> None:
    """I started working at Netflix in March 2023."""
    predicate, span = reading.predicate, reading.after("at", "for")
    if predicate.negated or not (predicate.past or predicate.perfect) or reading.words[:1] != ("working",):
        return
    value = organization(reading, span) if span is not None else None
    for person in reading.persons():
        if value is not None:
            reading.findings.attribute(
                person, "employer", value, period=reading.beginning(), correction=reading.changed
            )
        _begun_as(reading, person)


def own_job(reading: Reading) -> None:
    """I love my job at Spotify."""
    line = reading.line
    for i in range(*reading.whole):
        if (
            line.word(i) != "at"
            or line.word(i - 1) not in POSITIONS
            or reading.predicate.past
            or not reading.nouns.first_person
        ):
            continue
        mention = line.mention_from(i + 1)
        owned = line.word(i - 2) in FIRST_POSSESSIVE or (
            line.word(i - 3) in FIRST_POSSESSIVE and line.word(i - 2) in NEW
        )
        if owned and mention is not None and mention.type in {"Organization", None}:
            name = reading.entity(mention, "Organization").name
            reading.findings.attribute(reading.people.user, "employer", name, confidence=0.8)


def joining(reading: Reading) -> None:
    """I joined Stripe in 2021."""
    mention, predicate = reading.name_at(reading.object), reading.predicate
    begins = predicate.past or predicate.perfect or predicate.progressive or predicate.future
    if mention is None or predicate.negated or not begins or (predicate.future and reading.point() is None):
        return
    if mention.type in {"Organization", None}:
        for person in reading.persons():
            value = reading.entity(mention, "Organization").name
            reading.findings.attribute(
                person, "employer", value, period=reading.beginning(), correction=reading.changed
            )
            _begun_as(reading, person)


def hiring(reading: Reading) -> None:
    """Wei was hired by Huawei; we hired Olga as our accountant; she was appointed chief editor."""
    predicate = reading.predicate
    if predicate.negated:
        return
    if not predicate.passive:
        hired = next(
            (mention for mention in reading.mentions(reading.object) if mention.type in {"Person", None}), None
        )
        title = reading.after("as")
        if hired is not None and title is not None:
            _entitled(reading, reading.entity(hired, "Person"), title, changed=False)
        return
    employer = reading.after("by", "at")
    for person in reading.persons():
        value = (
            organization(reading, employer) if employer is not None and predicate.lemma in {"hire", "employ"} else None
        )
        if value is not None:
            reading.findings.attribute(person, "employer", value, period=reading.beginning())
        promoted = predicate.lemma == "promote"
        title = reading.after("to", "as") if promoted else reading.after("as")
        _entitled(reading, person, title or reading.object, changed=promoted)


def becoming(reading: Reading) -> None:
    """Aditi became CEO of Lumen Labs in 2023."""
    if reading.predicate.past or reading.predicate.perfect:
        for person in reading.persons():
            _entitled(reading, person, reading.object, changed=False)


def _entitled(reading: Reading, person: EntityRef, span: Span, *, changed: bool) -> None:
    value = job(reading, span)
    if value is None and changed and span[0] < span[1]:
        value = reading.value(reading.head(span))
    if value is None:
        return
    reading.findings.attribute(person, "role", value, period=reading.beginning(), correction=changed)
    if changed:
        reading.findings.correction(person, "role", None, value)
    company_of(reading, person, (span[0], reading.whole[1]))


def company_of(reading: Reading, person: EntityRef, title: Span) -> None:
    """The employer (or school) behind a title: CTO of Initech, a producer at Channel 4."""
    line = reading.line
    for i in range(*title):
        if line.word(i) not in {"of", "at", "for", "with"} or line.mention(i) is not None:
            continue
        at = i + 2 if line.word(i + 1) in ARTICLES and line.mention(i + 1) is None else i + 1
        mention = line.mention_from(at)
        if mention is None and at > i + 1:
            value = organization(reading, (i + 1, title[1]))
            if value is not None:
                reading.state(person, "employer", value, contrast=False)
                return
        sure = mention is not None and (
            mention.type == "Organization" or (mention.type is None and line.word(i) in {"of", "at"})
        )
        if mention is None or not sure or line.word(mention.start) in DEPARTMENTS:
            continue
        name = reading.entity(mention, "Organization").name
        studies = bool(STUDYING & set(line.words((title[0], i))))
        reading.state(person, "school" if studies else "employer", name)
        return


def quitting(reading: Reading) -> None:
    """I quit my job at Deloitte; Marta left Spotify; he resigned from Bosch; she was fired from Tesla."""
    predicate = reading.predicate
    if predicate.negated or not (predicate.past or predicate.perfect or predicate.passive):
        return
    direct = predicate.lemma in {"quit", "leave"} and reading.name_at(reading.object) is not None
    mention = reading.name_at(reading.object if direct else reading.after("at", "from", "with"))
    if mention is not None and mention.type in {"Organization", None}:
        for person in reading.persons():
            reading.gone(person, "employer", reading.entity(mention, "Organization").name)


def retiring(reading: Reading) -> None:
    predicate = reading.predicate
    if not predicate.negated and (predicate.past or predicate.perfect or predicate.passive):
        for person in reading.persons():
            value = job(reading, reading.object)
            role = f"retired {value}" if value and predicate.passive else "retired"
            reading.findings.attribute(person, "role", role, period=reading.beginning())


def earning(reading: Reading) -> None:
    """I earn 62,000 euros a year."""
    value = reading.value(reading.unbroken(reading.object)).removeprefix("about ").removeprefix("around ")
    if is_money(value) and not reading.predicate.past and value[:1] in "$\u20ac\u00a30123456789":
        for person in reading.persons():
            reading.state(person, "salary", value)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "work": (working,),
    "intern": (working,),
    "volunteer": (working,),
    "freelance": (working,),
    "write": (making,),
    "build": (making,),
    "develop": (making,),
    "make": (earning,),
    "start": (getting_job, beginning),
    "begin": (beginning,),
    "get": (getting_job,),
    "take": (getting_job,),
    "land": (getting_job,),
    "accept": (getting_job,),
    "have": (getting_job,),
    "find": (getting_job,),
    "join": (joining,),
    "hire": (hiring,),
    "employ": (hiring,),
    "appoint": (hiring,),
    "promote": (hiring,),
    "name": (hiring,),
    "elect": (hiring,),
    "become": (becoming,),
    "quit": (quitting,),
    "leave": (quitting,),
    "resign": (quitting,),
    "fire": (quitting,),
    "lay": (quitting,),
    "retire": (retiring,),
    "earn": (earning,),
}
OF_WHAT_COMES: tuple[Rule, ...] = (working, joining)
EVERY: tuple[Rule, ...] = (own_job,)
