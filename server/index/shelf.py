"""The chunks of one table of one Context, in rows: vectors, terms, places and what they are filtered by."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from server.core.scope import Scope
from server.index.analysis import Analyzer, traits
from server.index.chunk import Chunk, Content, Id, Table
from server.index.codes import Codes
from server.index.columns import Columns
from server.index.interned import Interned
from server.index.postings import Postings
from server.index.sequences import NONE, Sequence
from server.index.texts import Texts
from server.store.vectors import Vector

FIRST_ROWS = 256
WASTE = 0.25
Rows = npt.NDArray[np.int32]


class Shelf:
    """Rows are only ever added and marked as gone, so a search in another thread is not disturbed.

    Whoever wants the rows of what is gone back makes a new shelf with `compacted`.
    """

    def __init__(self, table: Table, analyzer: Analyzer, texts: Texts) -> None:
        self.table = table
        self.analyzer = analyzer
        self.texts = texts
        self.rows = Columns(FIRST_ROWS)
        self.vectors: npt.NDArray[np.float32] = np.zeros((FIRST_ROWS, 1), dtype=np.float32)
        self.codes = Codes(FIRST_ROWS, 1)
        self.filled = 0
        self.gone = 0
        self.generation = 0
        self.terms: Interned[str] = Interned()
        self.scopes: Interned[Scope] = Interned()
        self.labels: Interned[frozenset[str]] = Interned()
        self.groups: Interned[str] = Interned()
        self.roles: Interned[str | None] = Interned()
        self.postings = Postings()
        self.ids: list[Id] = []
        self.turns: list[str | None] = []
        self.sections: list[str | None] = []
        self.numbers: dict[Id, int] = {}
        self.sequences: dict[int, Sequence] = {}

    def __len__(self) -> int:
        return self.filled - self.gone

    @property
    def wasteful(self) -> bool:
        """Whether so many rows are gone that it pays to make a new shelf."""
        return self.gone > FIRST_ROWS and self.gone > WASTE * self.filled

    @property
    def nbytes(self) -> int:
        """What its arrays take in memory."""
        return self.vectors.nbytes + self.codes.nbytes + self.rows.nbytes + self.postings.nbytes

    def put(self, chunk: Chunk, content: Content) -> None:
        """Add a chunk, or replace the one of that id."""
        terms = Counter(self.analyzer.terms(chunk.searched(content.text)))
        counts = dict(zip(self.terms.numbers(terms), terms.values(), strict=True))
        text_at, text_size = self.texts.append(content.text)
        found = traits(content.text)
        self._insert(
            chunk,
            content.vector,
            counts,
            text_at=text_at,
            text_size=text_size,
            length=terms.total(),
            asks=found.asks,
            times=found.times,
            numbers=found.numbers,
            names=found.names,
        )

    def remove(self, chunk_id: Id) -> bool:
        """Mark a chunk as gone and erase its text and vector; False if there is none."""
        row = self.numbers.pop(chunk_id, None)
        if row is None:
            return False
        rows, group = self.rows, int(self.rows["of"][row])
        sequence = self.sequences[group]
        before, after = sequence.remove(float(rows["position"][row]), row)
        self._link(before, after)
        if not len(sequence):
            del self.sequences[group]
        rows["alive"][row] = False
        self.vectors[row] = 0.0
        self.codes.clear(row)
        self.texts.erase(int(rows["text_at"][row]), int(rows["text_size"][row]))
        self.gone += 1
        self.generation += 1
        return True

    def holds(self, chunk: Chunk, content: Content) -> bool:
        """Whether exactly this chunk is there already."""
        row = self.numbers.get(chunk.id)
        if row is None or self.chunk(row) != chunk:
            return False
        if self.text(row) != content.text:
            return False
        width = len(content.vector)
        return width <= self.vectors.shape[1] and np.array_equal(self.vectors[row, :width], content.vector)

    def chunk(self, row: int) -> Chunk:
        rows = self.rows
        return Chunk(
            table=self.table,
            id=self.ids[row],
            scope=self.scopes[int(rows["scope"][row])],
            of=self.groups[int(rows["of"][row])],
            position=float(rows["position"][row]),
            said_at=datetime.fromtimestamp(float(rows["said_at"][row]), UTC),
            created_at=datetime.fromtimestamp(float(rows["created_at"][row]), UTC),
            labels=self.labels[int(rows["labels"][row])],
            turn=self.turns[row],
            role=self.roles[int(rows["role"][row])],
            section=self.sections[row],
        )

    def text(self, row: int) -> str:
        return self.texts.read(int(self.rows["text_at"][row]), int(self.rows["text_size"][row]))

    def compacted(self) -> "Shelf":
        """The same chunks on a shelf without the rows that are gone; the texts stay where they are."""
        kept = self.rows["alive"][: self.filled].copy()
        numbers = np.cumsum(kept, dtype=np.int32) - 1
        old = np.flatnonzero(kept)
        shelf = Shelf(self.table, self.analyzer, self.texts)
        shelf.terms, shelf.scopes, shelf.labels = self.terms, self.scopes, self.labels
        shelf.groups, shelf.roles = self.groups, self.roles
        shelf.postings = self.postings.renumbered(kept, numbers)
        shelf.filled, shelf.generation = len(old), self.generation + 1
        size = max(FIRST_ROWS, 2 * len(old))
        shelf.rows = self.rows.moved(old, size)
        for link in ("before", "after"):
            linked = self.rows[link][old]
            shelf.rows[link][: len(old)] = np.where(linked == NONE, NONE, numbers[linked])
        shelf.vectors = np.zeros((size, self.vectors.shape[1]), dtype=np.float32)
        shelf.vectors[: len(old)] = self.vectors[old]
        shelf.codes = Codes.of(shelf.vectors[: len(old)], size)
        shelf.name([(self.ids[row], self.turns[row], self.sections[row]) for row in old.tolist()])
        return shelf

    def name(self, named: Iterable[tuple[Id, str | None, str | None]]) -> None:
        """Take over id, turn and section of each row in order, and the order of rows within their groups."""
        columns = list(named)
        self.ids = [one for one, _, _ in columns]
        self.turns = [turn for _, turn, _ in columns]
        self.sections = [section for _, _, section in columns]
        self.numbers = {one: row for row, one in enumerate(self.ids)}
        of, positions = (self.rows[name][: self.filled] for name in ("of", "position"))
        order = np.lexsort((np.arange(self.filled), positions, of))
        groups, starts = np.unique(of[order], return_index=True)
        for group, begin, end in zip(groups.tolist(), starts, [*starts[1:], len(order)], strict=False):
            run = order[begin:end]
            self.sequences[group] = Sequence(positions[run], run)

    def _insert(self, chunk: Chunk, vector: Vector, counts: dict[int, int], **more: int | bool) -> None:
        self.remove(chunk.id)
        row = self._room_for(len(vector))
        group = self.groups.number(chunk.of)
        before, after = self.sequences.setdefault(group, Sequence()).insert(chunk.position, row)
        self.rows.put(
            row,
            **more,
            scope=self.scopes.number(chunk.scope),
            labels=self.labels.number(chunk.labels),
            role=self.roles.number(chunk.role),
            of=group,
            position=chunk.position,
            before=before,
            after=after,
            said_at=chunk.said_at.timestamp(),
            created_at=chunk.created_at.timestamp(),
        )
        self.vectors[row, : len(vector)] = vector
        self.codes.put(row, vector[np.newaxis])
        self.postings.add(row, counts)
        self.ids.append(chunk.id)
        self.turns.append(chunk.turn)
        self.sections.append(chunk.section)
        self.numbers[chunk.id] = row
        self._link(before, row)
        self._link(row, after)
        self.rows.put(row, alive=True)
        self.filled += 1
        self.generation += 1

    def _room_for(self, width: int) -> int:
        """The number of the next row; arrays that are full or too narrow give way to larger ones."""
        if self.filled == len(self.rows):
            self.rows = self.rows.moved(slice(self.filled), 2 * len(self.rows))
        if self.filled == len(self.vectors) or width > self.vectors.shape[1]:
            wider = np.zeros((len(self.rows), max(width, self.vectors.shape[1])), dtype=np.float32)
            wider[: self.filled, : self.vectors.shape[1]] = self.vectors[: self.filled]
            self.vectors = wider
            self.codes = self.codes.enlarged(*wider.shape)
        return self.filled

    def _link(self, before: int, after: int) -> None:
        if before != NONE:
            self.rows["after"][before] = after
        if after != NONE:
            self.rows["before"][after] = before
