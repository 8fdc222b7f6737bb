"""The search index of an engine that searches its own tables, so that any number of processes see the same."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from surrealdb import RecordID

from server.core.visibility import Visibility
from server.index.analysis import Analyzer, traits
from server.index.chunk import COLUMNS, CURRENT, Chunk, Content, Id, Table, chunk_from, content_from, record_of
from server.index.entity import Entity, named
from server.index.search import READY, Filter, Found, Index, Named, Question, State, Survey, nobody
from server.index.sequences import NONE
from server.index.signals import BEFORE, DISTANCES, NEAR, Corpus, Neighbourhood, signals
from server.index.writes import IndexedChunk
from server.store import vectors
from server.store.binding import Binding
from server.store.engine import Database, Row
from server.store.scoped import condition

OF: dict[Table, str] = {"memory_chunk": "session", "knowledge_chunk": "document"}
SAID_AT: dict[Table, str] = {"memory_chunk": "(valid_from ?? created_at)", "knowledge_chunk": "created_at"}
EFFORT = 40
# The engine scores words its own way, blind to the caller's scope; that many times too many are scored again here.
WORDS_OVERFETCH = 8
MOST_SURVEYED = 32
MOST_NEIGHBOURS = 1000


class SurrealIndex(Index):
    """Asks the engine for every search; a committed chunk is found already, and nothing has to be told."""

    def __init__(self) -> None:
        self._analyzer = Analyzer()

    async def chunks_added(self, database: Database, chunks: Sequence[IndexedChunk]) -> None:
        """Nothing is left to do."""

    async def chunks_removed(self, database: Database, ids: Sequence[RecordID]) -> None:
        """Nothing is left to do."""

    async def entities_changed(self, database: Database, ids: Sequence[RecordID]) -> None:
        """Nothing is left to do."""

    async def search_vector(self, database: Database, table: Table, question: Question, k: int) -> list[Found]:
        query = question.vector
        if query is None:
            return []
        near = await self._nearest(database, table, question, k)
        return [Found(one.chunk.id, float(_fitted(one.content, len(query)) @ query)) for one in near]

    async def search_words(self, database: Database, table: Table, question: Question, k: int) -> list[Found]:
        matching = await self._matching(database, table, question, k)
        if not matching:
            return []
        sample = _Sample(matching, self._analyzer, question)
        scores = signals(sample.neighbourhood(range(len(sample))), sample.corpus, question.vector)["words"]
        order = np.argsort(-scores, kind="stable")[:k]
        return [Found(sample.held[at].chunk.id, float(scores[at])) for at in order.tolist()]

    async def survey(
        self, database: Database, table: Table, question: Question, k: int, also: Named = nobody
    ) -> Survey:
        k = min(k, MOST_SURVEYED)
        candidates = {one.chunk.id: one for one in await self._nearest(database, table, question, k)}
        candidates |= {one.chunk.id: one for one in (await self._matching(database, table, question, k))[:k]}
        if also_named := await also():
            ids = [record_of(table, one) for one in also_named]
            named = await self._rows(database, table, question.visibility, question.where, "$ids", ids=ids)
            candidates |= {one.chunk.id: one for one in named}
        if not candidates:
            return Survey(table, (), (), np.zeros(0))
        groups = frozenset(one.chunk.of for one in candidates.values())
        around = await self._rows(database, table, question.visibility, Filter(of=groups), table)
        everything = {one.chunk.id: one for one in (*around, *candidates.values())}
        sample = _Sample(list(everything.values()), self._analyzer, question)
        picked = sample.places(candidates)
        chunks = [sample.held[at].chunk for at in picked]
        return Survey(
            table=table,
            ids=[chunk.id for chunk in chunks],
            of=[chunk.of for chunk in chunks],
            said_at=np.array([chunk.said_at.timestamp() for chunk in chunks]),
            signals=signals(sample.neighbourhood(picked), sample.corpus, question.vector),
        )

    async def chunks(self, database: Database, table: Table, ids: Sequence[Id]) -> dict[Id, tuple[Chunk, str]]:
        rows = await database.rows(
            f"SELECT {COLUMNS[table]}, text FROM $ids WHERE {CURRENT[table]}",
            {"ids": [record_of(table, one) for one in ids]},
        )
        found = {chunk.id: (chunk, row["text"]) for row in rows for chunk in [chunk_from(table, row)]}
        return {one: found[one] for one in ids if one in found}

    async def latest(self, database: Database, table: Table, visibility: Visibility, where: Filter, k: int) -> list[Id]:
        conditions, variables = _conditions(table, visibility, where)
        rows = await database.rows(
            f"SELECT {COLUMNS[table]}, {SAID_AT[table]} AS moment FROM {table} WHERE {conditions} "
            "ORDER BY moment DESC, id DESC LIMIT $limit",
            variables | {"limit": k},
        )
        return [chunk_from(table, row).id for row in rows]

    async def named(self, database: Database, names: Sequence[str], visibility: Visibility, most: int) -> list[Entity]:
        return await named(database, names, visibility, most)

    def state(self, binding: Binding) -> State:  # noqa: ARG002  # the engine is never behind itself
        return READY

    def generation(self, binding: Binding) -> int | None:  # noqa: ARG002  # other processes write too
        return None

    async def _nearest(self, database: Database, table: Table, question: Question, k: int) -> list["_Held"]:
        if question.vector is None:
            return []
        conditions, variables = _conditions(table, question.visibility, question.where)
        variables |= {"vector": vectors.encode(question.vector)}

        async def asked(operator: str) -> list[Row]:
            return await database.rows(
                f"LET $query = {vectors.decoded('$vector')}; SELECT {COLUMNS[table]}, text, "
                f"{vectors.ENCODED} AS embedding, vector::distance::knn() AS distance FROM {table} "
                f"WHERE embedding {operator} $query AND {conditions}",
                variables,
            )

        rows = await asked(f"<|{int(k)},{max(EFFORT, 2 * int(k))}|>")
        if len(rows) > k or any(row["distance"] is None for row in rows):
            # While its index is missing or being built, the operator lets everything through.
            rows = await asked(f"<|{int(k)},COSINE|>")
        return [_Held.of(table, row) for row in sorted(rows, key=lambda row: (row["distance"], str(row["id"])))]

    async def _matching(self, database: Database, table: Table, question: Question, k: int) -> list["_Held"]:
        words = " ".join(dict.fromkeys(self._analyzer.essence(question.text).split()))
        if not self._analyzer.terms(words):
            return []
        conditions, variables = _conditions(table, question.visibility, question.where)
        rows = await database.rows(
            f"SELECT {COLUMNS[table]}, text, {vectors.ENCODED} AS embedding, search::score(0) AS score FROM {table} "
            f"WHERE text @0,OR@ $words AND {conditions} ORDER BY score DESC LIMIT $limit",
            variables | {"words": words, "limit": WORDS_OVERFETCH * k},
        )
        return [_Held.of(table, row) for row in rows]

    async def _rows(
        self, database: Database, table: Table, visibility: Visibility, where: Filter, source: str, **variables: Any
    ) -> list["_Held"]:
        conditions, more = _conditions(table, visibility, where)
        rows = await database.rows(
            f"SELECT {COLUMNS[table]}, text, {vectors.ENCODED} AS embedding FROM {source} WHERE {conditions} "
            f"LIMIT {MOST_NEIGHBOURS}",
            variables | more,
        )
        return [_Held.of(table, row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Held:
    """A chunk as the engine gave it."""

    chunk: Chunk
    content: Content

    @classmethod
    def of(cls, table: Table, row: Row) -> "_Held":
        return cls(chunk_from(table, row), content_from(row))


class _Sample:
    """Some of the visible chunks, at least one, which stand for all of them when terms are weighed."""

    def __init__(self, held: list[_Held], analyzer: Analyzer, question: Question) -> None:
        self.held = sorted(held, key=lambda one: (one.chunk.of, one.chunk.position, str(one.chunk.id)))
        self._question = question
        terms = {term: number for number, term in enumerate(dict.fromkeys(analyzer.terms(question.text)))}
        self._counts = np.zeros((len(terms), len(held)), dtype=np.float32)
        self._lengths = np.zeros(len(held), dtype=np.float32)
        for column, one in enumerate(self.held):
            counted = Counter(analyzer.terms(one.chunk.searched(one.content.text)))
            self._lengths[column] = counted.total()
            for term, number in terms.items():
                self._counts[number, column] = counted[term]
        names = sorted({one.chunk.of for one in held})
        self._group = np.array([names.index(one.chunk.of) for one in self.held], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.held)

    def places(self, chosen: Mapping[Id, _Held]) -> list[int]:
        return [place for place, one in enumerate(self.held) if one.chunk.id in chosen]

    @property
    def corpus(self) -> Corpus:
        frequencies = (self._counts > 0).sum(axis=1).astype(np.float64)
        groups = np.bincount(self._group, self._lengths)
        return Corpus(len(self), frequencies, float(self._lengths.mean()), float(groups.mean()))

    def neighbourhood(self, picked: Sequence[int]) -> Neighbourhood:
        group_counts = np.zeros((len(self._counts), self._group[-1] + 1), dtype=np.float32)
        for number, counts in enumerate(self._counts):
            group_counts[number] = np.bincount(self._group, counts)
        around = self._around(np.array(picked, dtype=np.int64))
        found = [traits(one.content.text) for one in self.held]
        asks = np.array([*(one.asks for one in found), False], dtype=np.float32)
        width = 0 if self._question.vector is None else len(self._question.vector)
        return Neighbourhood(
            counts=np.pad(self._counts, ((0, 0), (0, 1)))[:, around],
            lengths=np.append(self._lengths, np.float32(0))[around],
            group=self._group[picked],
            group_counts=group_counts,
            group_lengths=np.bincount(self._group, self._lengths).astype(np.float32),
            near=around[NEAR],
            vectors=np.array([_fitted(one.content, width) for one in self.held]),
            asks=asks[picked],
            asked_before=asks[around[BEFORE]],
            times=np.array([found[at].times for at in picked], dtype=np.float32),
            numbers=np.array([found[at].numbers for at in picked], dtype=np.float32),
            names=np.array([found[at].names for at in picked], dtype=np.float32),
        )

    def _around(self, picked: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The places at every distance from the picked ones, `NONE` beyond the ends of their groups."""
        around = picked + np.array(DISTANCES)[:, np.newaxis]
        inside = (around >= 0) & (around < len(self))
        same = self._group[np.where(inside, around, 0)] == self._group[picked]
        return np.where(inside & same, around, NONE)


def _conditions(table: Table, visibility: Visibility, where: Filter) -> tuple[str, dict[str, Any]]:
    """What a row must fulfil to be looked at, with variables."""
    visible, variables = condition(visibility)
    conditions = [visible, CURRENT[table]]
    if where.labels:
        conditions.append("labels CONTAINSALL $labels" if table == "memory_chunk" else "false")
        variables["labels"] = sorted(where.labels)
    if where.of is not None:
        conditions.append(f"{OF[table]} IN $of")
        variables["of"] = [record_of(OF[table], one) for one in sorted(where.of)]
    for name, comparison in (("said_from", ">="), ("said_until", "<"), ("said_by", "<=")):
        if moment := getattr(where, name):
            conditions.append(f"{SAID_AT[table]} {comparison} ${name}")
            variables[name] = moment
    if where.known_by:
        conditions.append("created_at <= $known_by")
        variables["known_by"] = where.known_by
    return " AND ".join(conditions), variables


def _fitted(content: Content, width: int) -> npt.NDArray[np.float32]:
    fitted = np.zeros(width, dtype=np.float32)
    used = min(width, len(content.vector))
    fitted[:used] = content.vector[:used]
    return fitted
