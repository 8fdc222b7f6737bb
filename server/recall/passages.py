"""Chunks of conversations and documents as hits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from surrealdb import RecordID

from server.core.errors import ValidationError
from server.index.chunk import KNOWLEDGE, MEMORY, Chunk, Id, Table, record_of
from server.index.search import Filter, Index, Question, Signal, Survey
from server.recall.asking import Asking
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
# What is shown of the rest in a trace.
TRACED = 20

PARENTS = """SELECT id, role FROM $turns WHERE forgotten_at = NONE AND valid_until = NONE;
SELECT id, title, version, source FROM $documents"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score and what speaks for it."""

    table: Table
    id: Id
    score: float
    relevant: bool
    signals: Mapping[str, float]

    @property
    def text_id(self) -> str:
        return record_text(record_of(self.table, self.id))


@dataclass(frozen=True, slots=True)
class Links:
    """What leads from a question's names and keywords to chunks."""

    mentions: Mapping[RecordID, int] = field(default_factory=dict)
    bridges: Mapping[str, Sequence[Bridge]] = field(default_factory=dict)


class Passages:
    """Ranks chunks by every signal, and shows the best."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def rank(
        self, database: Database, asking: Asking, understanding: Understanding, vector: Vector, links: Links
    ) -> list[Ranked]:
        """All candidates that may be in the answer, best first."""
        found = []
        for table, kind in ((MEMORY, "turn"), (KNOWLEDGE, "document")):
            if asking.wants("turn" if kind == "turn" else "document"):
                where = narrowed(asking, table)
                question = Question(asking.query, vector, asking.visibility, where)
                found += await self._ranked(database, table, question, asking, understanding, links)
        return sorted(found, key=lambda one: -one.score)

    async def show(self, database: Database, ranked: Sequence[Ranked]) -> list[Hit]:
        """Hits with their texts; what is gone by now is left out."""
        shown: dict[tuple[Table, Id], tuple[Chunk, str]] = {}
        for table in (MEMORY, KNOWLEDGE):
            ids = [one.id for one in ranked if one.table == table]
            if ids:
                chunks = await self._index.chunks(database, table, ids)
                shown |= {(table, one): held for one, held in chunks.items()}
        parents = await self._parents(database, [chunk for chunk, _ in shown.values()])
        hits = []
        for one in ranked:
            held = shown.get((one.table, one.id))
            hit = _hit(one, *held, parents) if held else None
            if hit is not None:
                hits.append(hit)
        return hits

    async def latest(self, database: Database, asking: Asking, k: int) -> list[Ranked]:
        """What was said last, for when nothing else can be said of relevance."""
        if not asking.wants("turn"):
            return []
        ids = await self._index.latest(database, MEMORY, asking.visibility, narrowed(asking, MEMORY), k)
        return [Ranked(MEMORY, one, 0.0, False, {}) for one in ids]

    async def _ranked(
        self,
        database: Database,
        table: Table,
        question: Question,
        asking: Asking,
        understanding: Understanding,
        links: Links,
    ) -> list[Ranked]:
        k = max(CANDIDATES, asking.k)
        if asking.mode in {"vector", "bm25"}:
            search = self._index.search_vector if asking.mode == "vector" else self._index.search_words
            name = "cosine" if asking.mode == "vector" else "words"
            found = await search(database, table, question, k)
            return [Ranked(table, one.id, one.score, relevant=True, signals={name: one.score}) for one in found]
        also = [id_ for id_ in map(_id, links.mentions) if id_] if table == MEMORY else []
        survey = await self._index.survey(database, table, question, k, also)
        if not len(survey):
            return []
        more = _linked(survey, links) if asking.mode == "hybrid_graph" else {}
        scores = fused(survey, asking.mode, understanding, more)
        matters = relevant(survey, understanding)
        signals = {**survey.signals, **more}
        order = np.argsort(-scores, kind="stable")
        return [
            Ranked(
                table,
                survey.ids[at],
                float(scores[at]),
                bool(matters[at]),
                {name: float(values[at]) for name, values in signals.items()} if place < asking.k + TRACED else {},
            )
            for place, at in enumerate(order.tolist())
        ]

    async def _parents(self, database: Database, chunks: Sequence[Chunk]) -> Mapping[RecordID, Row]:
        """The turns and documents that chunks are of, those that are still there."""
        turns = {RecordID("turn", chunk.turn) for chunk in chunks if chunk.turn}
        documents = {RecordID("document", chunk.of) for chunk in chunks if chunk.table == KNOWLEDGE}
        if not turns and not documents:
            return {}
        answers = await database.read(PARENTS, {"turns": list(turns), "documents": list(documents)})
        return {row["id"]: row for rows in answers for row in rows}


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


def _id(record: RecordID) -> Id | None:
    return str(record.id) if record.table_name == MEMORY else None


def _linked(survey: Survey, links: Links) -> dict[str, Signal]:
    """How many of the question's names a chunk speaks of, and how well its document shares the question's keywords."""
    if survey.table == MEMORY:
        counts = [links.mentions.get(record_of(MEMORY, one), 0) for one in survey.ids]
        return {"linked": np.minimum(np.array(counts, dtype=np.float32), 2.0)} if links.mentions else {}
    if not links.bridges:
        return {}
    return {"bridged": np.array([_bridged(links.bridges.get(of, ())) for of in survey.of], dtype=np.float32)}


def _bridged(bridges: Sequence[Bridge]) -> float:
    return min(len(bridges), MOST_BRIDGES) / MOST_BRIDGES


def _hit(ranked: Ranked, chunk: Chunk, text: str, parents: Mapping[RecordID, Row]) -> Hit | None:
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
        turn = parents.get(RecordID("turn", chunk.turn)) if chunk.turn else {}
        if turn is None:
            return None
        return replace(hit, turn_id=chunk.turn, session_id=chunk.of, role=turn.get("role"))
    document = parents.get(RecordID("document", chunk.of))
    if document is None or (isinstance(chunk.id, tuple) and document["version"] != chunk.id[1]):
        return None
    return replace(hit, kind="document", document_id=chunk.of, title=document["title"])


def _chunk_id(key: Id) -> str:
    return key if isinstance(key, str) else "-".join(map(str, key))
