"""Tools and services people use, and where they bank."""

from collections.abc import Iterator, Mapping

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.names import Mention
from server.memory.extraction.heuristic.reading import Reading
from server.memory.extraction.heuristic.rules.rule import Rule

GROUPS = frozenset({"team", "company", "department", "startup", "group", "stack", "backend", "frontend", "app"})


def using(reading: Reading) -> None:
    """We use Postgres and Redis; I code in Rust; I'm on Windows 11, not Linux."""
    predicate = reading.predicate
    lemma = predicate.lemma
    if predicate.passive or predicate.over:
        return
    span = reading.object if lemma in {"use", "run", "deploy"} else reading.after("in", "with", "on", "using")
    if span is None or (lemma == "be" and reading.line.word(reading.whole[0]) not in {"on", "using"}):
        return
    for mention in _tools(reading, span, any_name=lemma == "use"):
        for user in _users(reading):
            reading.state(user, "uses", _tool(reading, mention))
    if reading.excluded is not None:
        for mention in _tools(reading, reading.excluded, any_name=True):
            _tool(reading, mention)


def _users(reading: Reading) -> Iterator[EntityRef]:
    """Whoever uses something; what one's team uses, one uses."""
    yield from reading.persons()
    yield from reading.others("Organization")
    for referent in reading.subjects:
        if referent.noun and referent.noun[-1] in GROUPS and referent.owner == reading.people.user:
            yield reading.people.user


def _tool(reading: Reading, mention: Mention) -> str:
    return reading.entity(mention, "Thing", force=mention.type in {None, "Organization"}).name


def _tools(reading: Reading, span: Span, *, any_name: bool) -> Iterator[Mention]:
    """The tools a list names, written small too."""
    for item in reading.line.items(span):
        mention = reading.name_at(item)
        if mention is not None:
            if mention.type == "Thing" or (any_name and mention.type in {None, "Organization"}):
                yield mention
            continue
        start, end = reading.line.trimmed(item)
        length = reading.lexicon.things.length_at(reading.line.lowers, start, end)
        if length and start + length == end:
            yield Mention(start, end, reading.line.raw((start, end)), "Thing")


def switching(reading: Reading) -> None:
    """We switched from Jenkins to GitHub Actions."""
    predicate = reading.predicate
    old, new = reading.after("from"), reading.after("to")
    if new is None or predicate.negated or not (predicate.past or predicate.perfect):
        return
    target = next(_tools(reading, new, any_name=predicate.lemma in {"switch", "migrate"}), None)
    source = next(_tools(reading, old, any_name=True), None) if old is not None else None
    if target is None:
        return
    for user in (*reading.persons(), *reading.others("Organization")):
        name = _tool(reading, target)
        reading.findings.attribute(user, "uses", name, period=reading.beginning(), correction=True)
        if source is not None:
            reading.rule_out(user, "uses", name, _tool(reading, source), period=reading.ending())


def banking(reading: Reading) -> None:
    """I bank with Santander."""
    mention = reading.name_at(reading.after("with", "at"))
    if mention is not None:
        for person in reading.persons():
            reading.state(person, "bank", reading.entity(mention, "Organization", force=True).name)


RULES: Mapping[str, tuple[Rule, ...]] = dict.fromkeys(
    ("use", "code", "program", "develop", "write", "be", "deploy", "host", "build"), (using,)
) | {"switch": (switching,), "migrate": (switching,), "move": (switching,), "bank": (banking,)}
