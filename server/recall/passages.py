"""Chunks of conversations and documents as hits."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

import numpy as np
from surrealdb import RecordID

from server.core.errors import ValidationError
from server.index.chunk import KNOWLEDGE, MEMORY, Chunk, Id, Table, record_of
from server.index.search import Filter, Index, Question, Signal, Survey
from server.recall.asking import Asking, Kind
from server.recall.beliefs import record_text
from server.recall.bridges import Bridge
from server.recall.fusion import fused, relevant
from server.recall.hits import Hit
from server.recall.understanding import Understanding
from server.store.engine import Database, Row
from server.store.vectors import Vector

# That many candidates by meaning and as many by words, for each table.
CANDIDATES = 100
MOST_BRIDGES = 3
KINDS: Mapping[Table, Kind] = {MEMORY: "turn", KNOWLEDGE: "document"}
# What is shown of the rest in a trace.
TRACED = 20


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score and what speaks for it."""

    table: Table
    id: Id
    score: float
    signals: Mapping[str, float]

    @property
    def text_id(self) -> str:
        return record_text(record_of(self.table, self.id))


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best candidates, best first, of so many; `relevant` says whether any of all had to do with the question."""

    best: Sequence[Ranked] = ()
    considered: int = 0
    relevant: bool = False

    def __add__(self, other: "Ranking") -> "Ranking":
        best = sorted([*self.best, *other.best], key=lambda one: -one.score)
        return Ranking(best, self.considered + other.considered, self.relevant or other.relevant)


@dataclass(frozen=True, slots=True)
class Links:
    """What leads from a question's names and keywords to chunks of memory and to documents."""

    mentions: Mapping[Id, int] = field(default_factory=dict)
    bridges: Mapping[str, Sequence[Bridge]] = field(default_factory=dict)


LinksOf = Callable[[], Awaitable[Links]]


class Passages:
    """Ranks chunks by every signal, and shows the best."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def rank(
        self, database: Database, asking: Asking, understanding: Understanding, vector: Vector | None, links_of: LinksOf
    ) -> Ranking:
        """All candidates that may be in the answer, weighed against each other.

        `links_of` is asked as late as can be: looking up names takes about as long as searching.
        """
        found = Ranking()
        for table, kind in KINDS.items():
            if asking.wants(kind) and await self._index.holds(database, table):
                where = narrowed(asking, table)
                question = Question(asking.query, vector, asking.visibility, where)
                found += await self._ranked(database, table, question, asking, understanding, links_of)
        return found

    async def show(self, database: Database, ranked: Sequence[Ranked]) -> list[Hit]:
        """Hits with their texts; what is gone by now is left out."""
        shown: dict[tuple[Table, Id], tuple[Chunk, str]] = {}
        for table in (MEMORY, KNOWLEDGE):
            ids = [one.id for one in ranked if one.table == table]
            if ids:
                chunks = await self._index.chunks(database, table, ids)
                shown |= {(table, one): held for one, held in chunks.items()}
        documents = await self._documents(database, [chunk for chunk, _ in shown.values()])
        there = ((one, shown[(one.table, one.id)]) for one in ranked if (one.table, one.id) in shown)
        hits = (_hit(one, chunk, text, documents) for one, (chunk, text) in there)
        return [hit for hit in hits if hit is not None]

    async def stand(self, database: Database, hits: Sequence[Hit]) -> bool:
        """Whether all passages among earlier hits are still there, as they were."""
        for table, kind in KINDS.items():
            texts = {chunk_key(hit): hit.text for hit in hits if hit.kind == kind}
            there = await self._index.chunks(database, table, list(texts)) if texts else {}
            if any(key not in there or there[key][1] != text for key, text in texts.items()):
                return False
        return True

    async def latest(self, database: Database, asking: Asking, k: int) -> list[Ranked]:
        """What was said last, for when nothing else can be said of relevance."""
        if not asking.wants("turn"):
            return []
        ids = await self._index.latest(database, MEMORY, asking.visibility, narrowed(asking, MEMORY), k)
        return [Ranked(MEMORY, one, 0.0, {}) for one in ids]

    async def _ranked(
        self,
        database: Database,
        table: Table,
        question: Question,
        asking: Asking,
        understanding: Understanding,
        links_of: LinksOf,
    ) -> Ranking:
        k = max(CANDIDATES, asking.k)
        if asking.mode in {"vector", "bm25"}:
            search = self._index.search_vector if asking.mode == "vector" else self._index.search_words
            name = "cosine" if asking.mode == "vector" else "words"
            found = await search(database, table, question, k)
            best = [Ranked(table, one.id, one.score, {name: one.score}) for one in found]
            return Ranking(best, len(best), relevant=bool(best))

        async def mentioned() -> Sequence[Id]:
            return list((await links_of()).mentions) if table == MEMORY else ()

        survey = await self._index.survey(database, table, question, k, mentioned)
        if not len(survey):
            return Ranking()
        more = _linked(survey, await links_of()) if asking.mode == "hybrid_graph" else {}
        scores = fused(survey, asking.mode, understanding, more)
        signals = {**survey.signals, **more}
        order = np.argsort(-scores, kind="stable")[: asking.k + TRACED]
        columns = zip(*(values[order].tolist() for values in signals.values()), strict=True)
        best = [
            Ranked(table, survey.ids[at], score, dict(zip(signals, values, strict=True)))
            for at, score, values in zip(order.tolist(), scores[order].tolist(), columns, strict=True)
        ]
        return Ranking(best, len(survey), bool(relevant(survey, understanding).any()))

    async def _documents(self, database: Database, chunks: Sequence[Chunk]) -> Mapping[str, Row]:
        """The documents that chunks are of by id, those that are still there."""
        wanted = {chunk.of for chunk in chunks if chunk.table == KNOWLEDGE}
        if not wanted:
            return {}
        records = [RecordID("document", one) for one in wanted]
        rows = await database.rows("SELECT id, title, version FROM $documents", {"documents": records})
        return {str(row["id"].id): row for row in rows}


def narrowed(asking: Asking, table: Table) -> Filter:
    """The filter of a question for one table."""
    times = asking.times
    if times.said_from and times.said_until and times.said_from >= times.said_until:
        raise ValidationError("valid_from must be before valid_until.")
    of = asking.documents if table == KNOWLEDGE else frozenset({asking.session_id}) if asking.session_id else None
    return Filter(
        labels=asking.labels,
        of=of,
        said_from=times.said_from,
        said_until=times.said_until,
        said_by=times.as_of,
        known_by=times.known_at,
    )


def _linked(survey: Survey, links: Links) -> dict[str, Signal]:
    """How many of the question's names a chunk speaks of, and how well its document shares the question's keywords."""
    if survey.table == MEMORY:
        if not links.mentions:
            return {}
        counts = list(map(links.mentions.get, survey.ids, repeat(0)))
        return {"linked": np.minimum(np.array(counts, dtype=np.float32), 2.0)}
    if not links.bridges:
        return {}
    return {"bridged": np.array([_bridged(links.bridges.get(of, ())) for of in survey.of], dtype=np.float32)}


def _bridged(bridges: Sequence[Bridge]) -> float:
    return min(len(bridges), MOST_BRIDGES) / MOST_BRIDGES


def _hit(ranked: Ranked, chunk: Chunk, text: str, documents: Mapping[str, Row]) -> Hit | None:
    hit = Hit(
        id=ranked.text_id,
        kind="turn",
        score=ranked.score,
        text=text,
        scope=chunk.scope,
        said_at=chunk.said_at,
        labels=chunk.labels,
        chunk_id=_chunk_id(chunk.id),
        section=chunk.section,
        signals=ranked.signals,
    )
    if chunk.table == MEMORY:
        return replace(hit, turn_id=chunk.turn, session_id=chunk.of, role=chunk.role)
    document = documents.get(chunk.of)
    if document is None or (isinstance(chunk.id, tuple) and document["version"] != chunk.id[1]):
        return None
    return replace(hit, kind="document", document_id=chunk.of, title=document["title"])


def _chunk_id(key: Id) -> str:
    return key if isinstance(key, str) else "-".join(map(str, key))


def chunk_key(hit: Hit) -> Id:
    """The key of the chunk that a passage is."""
    if hit.kind == "turn":
        return str(hit.chunk_id)
    document, version, position = str(hit.chunk_id).rsplit("-", 2)
    return document, int(version), int(position)
