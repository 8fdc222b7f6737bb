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
from server.index.interned import Interned
from server.index.postings import Postings
from server.index.sequences import NONE, Sequence
from server.index.texts import Texts
from server.store.vectors import Vector

ROW = np.dtype(
    [
        ("alive", "?"),
        ("scope", "i4"),
        ("labels", "i4"),
        ("role", "u1"),
        ("of", "i4"),
        ("position", "f8"),
        ("before", "i4"),
        ("after", "i4"),
        ("said_at", "f8"),
        ("created_at", "f8"),
        ("text_at", "i8"),
        ("text_size", "i4"),
        ("length", "i4"),
        ("asks", "?"),
        ("times", "u1"),
        ("numbers", "u1"),
        ("names", "u1"),
    ]
)
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
        self.rows = np.zeros(FIRST_ROWS, dtype=ROW)
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
        place = self.rows[row]
        sequence = self.sequences[int(place["of"])]
        before, after = sequence.remove(float(place["position"]), row)
        self._link(before, after)
        if not len(sequence):
            del self.sequences[int(place["of"])]
        place["alive"] = False
        self.vectors[row] = 0.0
        self.codes.clear(row)
        self.texts.erase(int(place["text_at"]), int(place["text_size"]))
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
        place = self.rows[row]
        return Chunk(
            table=self.table,
            id=self.ids[row],
            scope=self.scopes[int(place["scope"])],
            of=self.groups[int(place["of"])],
            position=float(place["position"]),
            said_at=datetime.fromtimestamp(float(place["said_at"]), UTC),
            created_at=datetime.fromtimestamp(float(place["created_at"]), UTC),
            labels=self.labels[int(place["labels"])],
            turn=self.turns[row],
            role=self.roles[int(place["role"])],
            section=self.sections[row],
        )

    def text(self, row: int) -> str:
        place = self.rows[row]
        return self.texts.read(int(place["text_at"]), int(place["text_size"]))

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
        shelf.rows = np.zeros(size, dtype=ROW)
        shelf.rows[: len(old)] = self.rows[old]
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
        rows = self.rows[: self.filled]
        order = np.lexsort((np.arange(self.filled), rows["position"], rows["of"]))
        groups, starts = np.unique(rows["of"][order], return_index=True)
        for group, begin, end in zip(groups.tolist(), starts, [*starts[1:], len(order)], strict=False):
            run = order[begin:end]
            self.sequences[group] = Sequence(rows["position"][run], run)

    def _insert(self, chunk: Chunk, vector: Vector, counts: dict[int, int], **more: int | bool) -> None:
        self.remove(chunk.id)
        row = self._room_for(len(vector))
        group = self.groups.number(chunk.of)
        before, after = self.sequences.setdefault(group, Sequence()).insert(chunk.position, row)
        values = more | {
            "scope": self.scopes.number(chunk.scope),
            "labels": self.labels.number(chunk.labels),
            "role": self.roles.number(chunk.role),
            "of": group,
            "position": chunk.position,
            "before": before,
            "after": after,
            "said_at": chunk.said_at.timestamp(),
            "created_at": chunk.created_at.timestamp(),
        }
        place = self.rows[row]
        for name, value in values.items():
            place[name] = value
        self.vectors[row, : len(vector)] = vector
        self.codes.put(row, vector[np.newaxis])
        self.postings.add(row, counts)
        self.ids.append(chunk.id)
        self.turns.append(chunk.turn)
        self.sections.append(chunk.section)
        self.numbers[chunk.id] = row
        self._link(before, row)
        self._link(row, after)
        place["alive"] = True
        self.filled += 1
        self.generation += 1

    def _room_for(self, width: int) -> int:
        """The number of the next row; arrays that are full or too narrow give way to larger ones."""
        if self.filled == len(self.rows):
            larger = np.zeros(2 * len(self.rows), dtype=ROW)
            larger[: self.filled] = self.rows
            self.rows = larger
        if self.filled == len(self.vectors) or width > self.vectors.shape[1]:
            wider = np.zeros((len(self.rows), max(width, self.vectors.shape[1])), dtype=np.float32)
            wider[: self.filled, : self.vectors.shape[1]] = self.vectors[: self.filled]
            self.vectors = wider
            self.codes = self.codes.enlarged(*wider.shape)
        return self.filled

    def _link(self, before: int, after: int) -> None:
        if before != NONE:
            self.rows[before]["after"] = after
        if after != NONE:
            self.rows[after]["before"] = before
