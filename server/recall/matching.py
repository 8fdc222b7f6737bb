"""Which facts a question is about."""

from server.index.analysis import Analyzer
from server.recall.asking import Asking
from server.recall.beliefs import Fact
from server.recall.facts import Findings
from server.recall.understanding import Understanding

# A fact that has every word of the question stands about where a very good passage does.
BEST = 0.6
ASKED_KEY = 0.2


def admits(asking: Asking, fact: Fact) -> bool:
    """Whether a fact is inside of what the question is narrowed to."""
    times = asking.times
    return (
        asking.wants("fact")
        and asking.labels <= fact.labels
        and (asking.session_id is None or asking.session_id == fact.session_id)
        and (times.said_from is None or fact.valid_until is None or fact.valid_until > times.said_from)
        and (times.said_from is None or fact.valid_until is not None or fact.said_at >= times.said_from)
        and (times.said_until is None or (fact.valid_from or fact.said_at) < times.said_until)
    )


def scored(
    analyzer: Analyzer, asking: Asking, understanding: Understanding, findings: Findings
) -> list[tuple[Fact, float]]:
    """The facts that have words of the question besides the name, best first."""
    terms = frozenset(analyzer.terms(asking.query))
    key = understanding.typed.key if understanding.typed else None
    found = []
    for fact in findings.facts:
        if not admits(asking, fact):
            continue
        held = frozenset(analyzer.terms(fact.words)) & terms
        matches = held - frozenset(analyzer.terms(fact.name))
        if matches or fact.key == key or understanding.wants_everything:
            share = len(held) / len(terms) if terms else 0.0
            found.append((fact, min(1.0, BEST * share + (ASKED_KEY if fact.key == key else 0.0))))
    return sorted(found, key=lambda pair: (-pair[1], -pair[0].said_at.timestamp(), pair[0].id))
