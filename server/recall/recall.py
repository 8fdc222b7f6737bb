"""Recall: the cheapest of four tiers that answers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.control.contexts import Open
from server.control.models import EmbedderOf
from server.core.clock import Clock
from server.index.analysis import STOP_WORDS, Analyzer
from server.index.chunk import KNOWLEDGE
from server.index.search import Index
from server.recall import bridges, direct, facts, matching
from server.recall.asking import Asking
from server.recall.beliefs import Fact, Instant
from server.recall.bridges import Bridge
from server.recall.cache import AnswerCache, Basis
from server.recall.facts import NOTHING, Findings
from server.recall.hits import Hit, Recalled, Tier
from server.recall.passages import TRACED, Links, Passages, Ranked, Ranking
from server.recall.understanding import Understanding
from server.store.engine import Database
from server.store.vectors import Vector


@dataclass(frozen=True, slots=True)
class _Question:
    """A question with all that was found out about it before anything was searched."""

    asking: Asking
    understanding: Understanding
    instant: Instant
    findings: Findings
    bridges: Mapping[str, Sequence[Bridge]]


class Recall:
    """Answers questions from what a Context remembers, as far as the caller may see it."""

    def __init__(self, index: Index, embedder_of: EmbedderOf, clock: Clock) -> None:
        self._index = index
        self._passages = Passages(index)
        self._embedder_of = embedder_of
        self._clock = clock
        self._analyzer = Analyzer()
        self._stop_words = frozenset(STOP_WORDS.split())
        self.cache = AnswerCache(clock)

    async def recall(self, opened: Open, asking: Asking) -> Recalled:
        """The best evidence there is."""
        understanding = Understanding(asking.query)
        (findings, bridged), vector = await asyncio.gather(
            self._looked_up(opened.database, asking, understanding), self._embedded(opened, asking)
        )
        instant = Instant.of(asking.times, self._clock.now())
        question = _Question(asking, understanding, instant, findings, bridged)
        answered = await self._answered_directly(opened.database, question)
        if answered:
            return answered
        return await self._answered_again(opened, question, vector) or await self._searched(opened, question, vector)

    async def _looked_up(
        self, database: Database, asking: Asking, understanding: Understanding
    ) -> tuple[Findings, Mapping[str, Sequence[Bridge]]]:
        """What is believed of whom the question names, and the documents it shares keywords with."""
        instant = Instant.of(asking.times, self._clock.now())
        graph = asking.mode == "hybrid_graph"
        bridged_to = graph and asking.wants("document") and await self._index.holds(database, KNOWLEDGE)
        phrases = understanding.names(self._stop_words) if bridged_to else []
        bridging = asyncio.ensure_future(bridges.bridges(database, asking.visibility, phrases))
        try:
            found = NOTHING
            if graph or asking.wants("fact"):
                found = await facts.find(database, asking.visibility, instant, understanding)
        finally:
            bridged = await bridging
        return found, bridged

    async def _embedded(self, opened: Open, asking: Asking) -> Vector:
        embedder = await self._embedder_of(opened)
        vectors = await embedder.embed([self._analyzer.essence(asking.query)])
        vector: Vector = vectors[0]
        return vector

    async def _answered_directly(self, database: Database, question: _Question) -> Recalled | None:
        asking, typed = question.asking, question.understanding.typed
        if typed is None or not asking.wants("fact") or asking.mode in {"vector", "bm25"}:
            return None
        found = await direct.answer(database, asking.visibility, question.instant, typed, question.findings)
        found = [fact for fact in found if matching.admits(asking, fact)][: asking.k]
        if not found:
            return None
        path = " of ".join([*([typed.key] if typed.key else []), *reversed(typed.ties), typed.subject or "the user"])
        reason = f"{path} is a known fact"
        return self._recalled(question, "direct", reason, [_fact_hit(fact, 1.0) for fact in found])

    async def _answered_again(self, opened: Open, question: _Question, vector: Vector) -> Recalled | None:
        asking, database, config = question.asking, opened.database, opened.config.cache
        if asking.bypass_cache or not config.semantic_ttl_seconds or asking.times.as_of or asking.times.known_at:
            return None
        basis = self._basis(database, question)
        found = self.cache.find(
            database.binding,
            asking,
            question.understanding,
            vector,
            basis,
            ttl=config.semantic_ttl_seconds,
            threshold=config.semantic_threshold,
        )
        if found is None or (basis.generation is None and not await self._passages.stand(database, found.hits)):
            return None
        reason = f"an earlier answer from the tier {found.tier}; nothing that it rests on has changed"
        return replace(found, tier="cache", tier_reason=reason)

    async def _searched(self, opened: Open, question: _Question, vector: Vector) -> Recalled:
        asking, database = question.asking, opened.database
        basis = self._basis(database, question)
        links = Links(question.findings.mentions, question.bridges)
        ranking = await self._passages.rank(database, asking, question.understanding, vector, links)
        known = matching.scored(self._analyzer, asking, question.understanding, question.findings)
        if question.understanding.wants_everything:
            latest = await self._passages.latest(database, asking, asking.k)
            reason = "the question asks for an overview"
            recalled = await self._in_full(database, question, [*latest, *ranking.best], ranking, known, reason)
        elif not known and not ranking.relevant:
            latest = await self._passages.latest(database, asking, asking.k)
            reason = "nothing has a word of the question"
            recalled = await self._in_full(database, question, [*ranking.best, *latest], ranking, known, reason)
        else:
            recalled = await self._mixed(database, question, ranking, known)
        ttl = opened.config.cache.semantic_ttl_seconds
        self.cache.keep(database.binding, asking, question.understanding, vector, basis, recalled, ttl=ttl)
        return recalled

    async def _mixed(
        self, database: Database, question: _Question, ranking: Ranking, known: Sequence[tuple[Fact, float]]
    ) -> Recalled:
        asking = question.asking
        best = [one for one in ranking.best if one.score >= asking.threshold][: asking.k]
        shown = await self._passages.show(database, best)
        hits = [*shown, *(_fact_hit(fact, score) for fact, score in known if score >= asking.threshold)]
        hits = sorted(hits, key=lambda hit: -hit.score)[: asking.k]
        reason = f"{ranking.considered} passages and {len(known)} facts by {asking.mode}"
        return self._recalled(question, "hybrid", reason, hits, ranking.best)

    async def _in_full(
        self,
        database: Database,
        question: _Question,
        ordered: Sequence[Ranked],
        ranking: Ranking,
        known: Sequence[tuple[Fact, float]],
        reason: str,
    ) -> Recalled:
        """All the facts that the question's names lead to, and passages in their order, each once."""
        asking = question.asking
        hits = [_fact_hit(fact, score) for fact, score in known][: (asking.k + 1) // 2]
        scored = {(one.table, one.id): one for one in ranking.best}
        once = {(one.table, one.id): scored.get((one.table, one.id), one) for one in ordered}
        passages = list(once.values())
        chosen = [one for one in passages if one.score >= asking.threshold][: asking.k - len(hits)]
        hits += await self._passages.show(database, chosen)
        return self._recalled(question, "full_context", reason, hits, ranking.best)

    def _basis(self, database: Database, question: _Question) -> Basis:
        bridged = tuple(sorted(question.bridges))
        return Basis(self._index.generation(database.binding), (*question.findings.fingerprint, bridged))

    def _recalled(
        self,
        question: _Question,
        tier: Tier,
        reason: str,
        hits: Sequence[Hit],
        ranked: Sequence[Ranked] = (),
    ) -> Recalled:
        return Recalled(
            tier=tier,
            tier_reason=reason,
            hits=hits,
            seed_entities=direct.named(question.findings.seeds),
            classification=question.understanding.classification,
            candidates=[_candidate(one) for one in ranked[:TRACED]],
            bridges={one: [bridge.keyword for bridge in found] for one, found in question.bridges.items()},
        )


def _fact_hit(fact: Fact, score: float) -> Hit:
    return Hit(
        id=fact.id,
        kind="fact",
        score=score,
        text=fact.text,
        scope=fact.scope,
        said_at=fact.said_at,
        labels=fact.labels,
        turn_id=fact.turn_id,
        session_id=fact.session_id,
        document_id=fact.document_id,
        entity=fact.name,
        entity_type=fact.type,
        key=fact.key,
        value=fact.value,
        signals={"coverage": score},
    )


def _candidate(ranked: Ranked) -> dict[str, Any]:
    """A candidate as a trace keeps it."""
    signals = {name: round(value, 4) for name, value in ranked.signals.items() if value}
    return {"id": ranked.text_id, "score": round(ranked.score, 4), "signals": signals}
