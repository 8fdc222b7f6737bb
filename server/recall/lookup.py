"""What the names and keywords of a question lead to."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.index.analysis import STOP_WORDS
from server.index.chunk import KNOWLEDGE
from server.index.search import Index
from server.recall.asking import Asking
from server.recall.beliefs import Instant
from server.recall.bridges import Bridge, bridges
from server.recall.facts import NOTHING, Findings, about
from server.recall.passages import Links
from server.recall.seeds import named
from server.recall.understanding import Understanding
from server.store.engine import Database

_STOP_WORDS = frozenset(STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Known:
    """What is believed of whom the question names, and the documents it shares keywords with."""

    findings: Findings = NOTHING
    bridges: Mapping[str, Sequence[Bridge]] = field(default_factory=dict)

    @property
    def links(self) -> Links:
        return Links(self.findings.mentions, self.bridges)

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Differs as soon as an answer that rests on it may."""
        return *self.findings.fingerprint, tuple(sorted(self.bridges))


async def look_up(
    database: Database, index: Index, asking: Asking, understanding: Understanding, instant: Instant
) -> Known:
    """Ask the database, as far as the question's mode has a use for the answers."""
    graph = asking.mode == "hybrid_graph"
    bridged_to = graph and asking.wants("document") and await index.holds(database, KNOWLEDGE)
    phrases = understanding.names(_STOP_WORDS) if bridged_to else []
    bridging = asyncio.ensure_future(bridges(database, asking.visibility, phrases))
    try:
        found = NOTHING
        if graph or asking.wants("fact"):
            seeds = await named(database, index, asking.visibility, understanding)
            found = await about(database, asking.visibility, instant, seeds)
    finally:
        bridged = await bridging
    return Known(found, bridged)
