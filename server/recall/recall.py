"""Recall: the cheapest of four tiers that answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from server.control.contexts import Open
from server.control.models import EmbedderOf, is_local
from server.core.clock import Clock
from server.core.errors import ProviderError, ProviderTimeoutError
from server.index.analysis import Analyzer
from server.index.search import Index
from server.recall import direct, matching
from server.recall.asking import Asking
from server.recall.beliefs import Fact, Instant
from server.recall.cache import AnswerCache, Basis
from server.recall.hits import Hit, Recalled, Tier
from server.recall.lookup import Known, look_up
from server.recall.passages import TRACED, Links, Passages, Ranked, Ranking
from server.recall.understanding import Understanding
from server.store.engine import Database
from server.store.vectors import Vector

# Whoever asks waits for an answer, not for a provider that is away.
VECTOR_SECONDS = 10.0
# What is embedded and searched in place keeps the loop busy: the look-up is to be under way by then. It is a task, and
# what it asks of the database another.
STEPS_TO_THE_DATABASE = 2
BY_WORDS = "by words alone, for want of the question's vector"
NOTE = "This was found by words alone."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Question:
    """A question with all that was found out about it before anything was searched."""

    asking: Asking
    understanding: Understanding
    instant: Instant
    known: Known


class Recall:
    """Answers questions from what a Context remembers, as far as the caller may see it."""

    def __init__(
        self, index: Index, embedder_of: EmbedderOf, clock: Clock, *, vector_seconds: float = VECTOR_SECONDS
    ) -> None:
        """A question whose vector a provider has not made by then is answered without one."""
        self._index = index
        self._passages = Passages(index)
        self._embedder_of = embedder_of
        self._clock = clock
        self._vector_seconds = vector_seconds
        self._analyzer = Analyzer()
        self.cache = AnswerCache(clock)

    async def recall(self, opened: Open, asking: Asking) -> Recalled:
        """The best evidence there is."""
        database, understanding = opened.database, Understanding(asking.query)
        instant = Instant.of(asking.times, self._clock.now())
        # What is written from here on may be missing from the answer, which is then not to be given again.
        generation = self._index.generation(database.binding)
        looking = asyncio.ensure_future(look_up(database, self._index, asking, understanding, instant))
        searching: asyncio.Future[Ranking] | None = None

        async def links() -> Links:
            return (await looking).links

        def search() -> asyncio.Future[Ranking]:
            return asyncio.ensure_future(self._passages.rank(database, asking, understanding, vector, links))

        try:
            for _ in range(STEPS_TO_THE_DATABASE):
                await asyncio.sleep(0)
            vector, away = await self._embedded(opened, asking)
            if understanding.typed is None and not self._may_answer_again(opened, asking, understanding, vector):
                searching = search()
            question = _Question(asking, understanding, instant, await looking)
            answered = await self._answered_directly(database, question)
            answered = answered or await self._answered_again(opened, question, vector)
            if answered:
                return answered
            ranking = await (searching := searching or search())
        finally:
            await _ended(looking, searching)
        recalled = await self._put_together(database, question, ranking)
        if away:
            # As soon as its provider is back, the same question deserves better.
            return replace(recalled, tier_reason=f"{recalled.tier_reason}; {BY_WORDS}", note=f"{away} {NOTE}")
        basis, ttl = Basis(generation, question.known.fingerprint), opened.config.cache.semantic_ttl_seconds
        self.cache.keep(database.binding, asking, understanding, vector, basis, recalled, ttl=ttl)
        return recalled

    async def _embedded(self, opened: Open, asking: Asking) -> tuple[Vector | None, str | None]:
        """The question's vector; or none, where it is of no use, or with what keeps its provider from making one."""
        if asking.mode == "bm25":
            return None, None
        embedder = await self._embedder_of(opened)
        try:
            async with asyncio.timeout(None if is_local(embedder.name) else self._vector_seconds):
                vectors = await embedder.embed([self._analyzer.essence(asking.query)])
        except (ProviderError, TimeoutError) as error:
            late = f"{embedder.name} made no vector of the question within {self._vector_seconds:g} s."
            away = error if isinstance(error, ProviderError) else ProviderTimeoutError(late)
            if asking.mode == "vector":
                raise away from None
            log.warning("recall.without_vector", context=opened.context.id, reason=away.detail)
            return None, away.detail
        return vectors[0], None

    async def _answered_directly(self, database: Database, question: _Question) -> Recalled | None:
        asking, typed = question.asking, question.understanding.typed
        if typed is None or not asking.wants("fact") or asking.mode in {"vector", "bm25"}:
            return None
        found = await direct.answer(database, asking.visibility, question.instant, typed, question.known.findings)
        found = [fact for fact in found if matching.admits(asking, fact)][: asking.k]
        if not found:
            return None
        path = " of ".join([*([typed.key] if typed.key else []), *reversed(typed.ties), typed.subject or "the user"])
        reason = f"{path} is a known fact"
        return self._recalled(question, "direct", reason, [_fact_hit(fact, 1.0) for fact in found])

    def _may_answer_again(
        self, opened: Open, asking: Asking, understanding: Understanding, vector: Vector | None
    ) -> bool:
        """Whether an earlier answer would be given again if nothing has changed."""
        if not _repeatable(opened, asking):
            return False
        threshold = opened.config.cache.semantic_threshold
        return self.cache.holds(opened.database.binding, asking, understanding, vector, threshold=threshold)

    async def _answered_again(self, opened: Open, question: _Question, vector: Vector | None) -> Recalled | None:
        asking, database, config = question.asking, opened.database, opened.config.cache
        if not _repeatable(opened, asking):
            return None
        basis = Basis(self._index.generation(database.binding), question.known.fingerprint)
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

    async def _put_together(self, database: Database, question: _Question, ranking: Ranking) -> Recalled:
        """The answer from what was found, or everything where that says too little."""
        asking, understanding = question.asking, question.understanding
        known = matching.scored(self._analyzer, asking, understanding, question.known.findings)
        if understanding.wants_everything:
            latest = await self._passages.latest(database, asking, asking.k)
            reason = "the question asks for an overview"
            return await self._in_full(database, question, [*latest, *ranking.best], ranking, known, reason)
        if not known and not ranking.relevant:
            latest = await self._passages.latest(database, asking, asking.k)
            reason = "nothing has a word of the question"
            return await self._in_full(database, question, [*ranking.best, *latest], ranking, known, reason)
        return await self._mixed(database, question, ranking, known)

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
            seed_entities=direct.names(question.known.findings.seeds),
            classification=question.understanding.classification,
            candidates=[_candidate(one) for one in ranked[:TRACED]],
            bridges={one: [bridge.keyword for bridge in found] for one, found in question.known.bridges.items()},
        )


def _repeatable(opened: Open, asking: Asking) -> bool:
    """Whether an earlier answer may be given again at all."""
    past = asking.times.as_of or asking.times.known_at
    return not (asking.bypass_cache or past or not opened.config.cache.semantic_ttl_seconds)


async def _ended(*tasks: asyncio.Future[Any] | None) -> None:
    """Let nobody work on who is not waited for any more."""
    begun = [task for task in tasks if task]
    for task in begun:
        task.cancel()
    await asyncio.gather(*begun, return_exceptions=True)


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
