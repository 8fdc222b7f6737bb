"""Typed questions, answered by the one fact that they ask for."""

from collections.abc import Sequence

from surrealdb import RecordID

from server.core.visibility import Visibility
from server.core.vocabulary.questions import TypedQuestion
from server.index.entity import Entity
from server.recall.beliefs import Fact, Instant
from server.recall.facts import Findings, about
from server.recall.seeds import identified, user_name
from server.store.engine import Database


async def answer(
    database: Database, visibility: Visibility, instant: Instant, question: TypedQuestion, known: Findings
) -> list[Fact]:
    """The facts that answer a typed question, those of narrower scopes first; none when it cannot be resolved."""
    wanted = (question.subject or user_name(visibility)).casefold()
    subjects = [seed.id for seed in known.seeds if wanted in seed.names]
    if len({seed.type for seed in known.seeds if wanted in seed.names}) != 1:
        return []
    findings = known
    ties = list(question.ties)
    last = ties.pop() if question.key is None and ties else None
    for tie in ties:
        subjects = _along(findings, subjects, tie)
        if not subjects:
            return []
        findings = await about(database, visibility, instant, await identified(database, visibility, subjects))
    found = [fact for fact in findings.facts if fact.entity in subjects and fact.key in {question.key, last}]
    found = [fact for fact in found if (fact.object is None) == (question.key is not None)]
    return sorted(found, key=lambda fact: (-len(fact.scope), -fact.authoritative, fact.said_at))


def _along(findings: Findings, subjects: Sequence[RecordID], tie: str) -> list[RecordID]:
    """Who stands at the end of a tie."""
    return [
        fact.object
        for fact in findings.facts
        if fact.object is not None and fact.entity in subjects and fact.key == tie
    ]


def names(found: Sequence[Entity]) -> list[str]:
    """The names of seeds, each once, in their order."""
    return list(dict.fromkeys(seed.name for seed in found))
