"""Answers made of the evidence itself, for a server without a language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.recall.hits import Hit

MOST_LINES = 4
MOST_REFLECTED = 8
LONGEST_LINE = 400
NOTHING = "I remember nothing about that."
_CITED = re.compile(r"\[(\d+(?:\s*,\s*\d+)*)\]")


@dataclass(frozen=True, slots=True)
class Written:
    """A text and the hits that it is made of."""

    text: str
    evidence: tuple[Hit, ...]


def answer(query: str, hits: Sequence[Hit]) -> Written:
    """The facts that were found, or else the passages that come nearest."""
    if not hits:
        return Written(NOTHING, ())
    best = hits[0]
    facts = [hit for hit in hits if hit.kind == "fact" and hit.score >= best.score]
    if facts:
        return Written(" ".join(_sentence(hit) for hit in facts[:MOST_LINES]), tuple(facts[:MOST_LINES]))
    shown = tuple(hits[:MOST_LINES])
    lines = [f"- {_cut(hit.text)} ({_source(hit)})" for hit in shown]
    return Written("\n".join([f"What I remember that may answer \u201c{_cut(query)}\u201d:", *lines]), shown)


def reflection(query: str, hits: Sequence[Hit]) -> Written:
    """The evidence in the order of time, with what changed meanwhile pointed out."""
    if not hits:
        return Written(NOTHING, ())
    shown = tuple(sorted(hits[:MOST_REFLECTED], key=lambda hit: hit.said_at))
    first, last = shown[0].said_at, shown[-1].said_at
    period = f"on {first:%Y-%m-%d}" if first.date() == last.date() else f"from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    lines = [f"[{number}] {_cut(hit.text)} ({_source(hit)})" for number, hit in enumerate(shown, start=1)]
    opening = f"On \u201c{_cut(query)}\u201d there are {len(shown)} pieces of evidence, {period}:"
    return Written("\n".join([opening, *lines]), shown)


def cited(text: str, shown: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits that a text cites by number; all that it was shown when it cites none."""
    numbers = {int(one) for group in _CITED.findall(text) for one in group.split(",")}
    found = tuple(hit for number, hit in enumerate(shown, start=1) if number in numbers)
    return found or tuple(shown)


def _sentence(hit: Hit) -> str:
    key = (hit.key or "").replace("_", " ")
    return f"{hit.entity}'s {key} is {hit.value}." if key else f"{hit.text}."


def _source(hit: Hit) -> str:
    if hit.kind == "document":
        return hit.title or "a document"
    return f"{hit.said_at:%Y-%m-%d}"


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_LINE else f"{plain[:LONGEST_LINE].rsplit(' ', 1)[0]} \u2026"
