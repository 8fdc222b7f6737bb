"""What recall may ask of a search index."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from server.core.errors import UnprocessableError
from server.core.visibility import Visibility
from server.index.chunk import Chunk, Id, Table
from server.index.entity import Entity
from server.index.writes import IndexWrites
from server.store.binding import Binding
from server.store.engine import Database
from server.store.vectors import Vector

Signal = npt.NDArray[np.float32]
Named = Callable[[], Awaitable[Sequence[Id]]]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a chunk must be besides visible: with all these labels, of one of these groups, said and stored in time.

    `said_until` is the first moment that is too late, `said_by` and `known_by` the last that is not.
    """

    labels: frozenset[str] = frozenset()
    of: frozenset[str] | None = None
    said_from: datetime | None = None
    said_until: datetime | None = None
    said_by: datetime | None = None
    known_by: datetime | None = None


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: the text with its vector, by a caller who sees that much; without one nothing is near."""

    text: str
    vector: Vector | None
    visibility: Visibility
    where: Filter = EVERYTHING


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that matches; higher scores match better."""

    id: Id
    score: float


@dataclass(frozen=True, slots=True)
class Survey:
    """Candidates with what speaks for each, one number a candidate in every signal; see `signals` for their names."""

    table: Table
    ids: Sequence[Id]
    of: Sequence[str]
    said_at: npt.NDArray[np.float64]
    signals: Mapping[str, Signal] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class State:
    """How far an index is: of `total` chunks in the database `done` are in it."""

    state: Literal["ready", "building"]
    done: int
    total: int

    @property
    def progress(self) -> float:
        """The share of it; what was not even counted yet has not begun."""
        if not self.total:
            return float(self.state == "ready")
        return min(1.0, self.done / self.total)


READY = State("ready", 0, 0)
OPENING = State("building", 0, 0)


async def nobody() -> Sequence[Id]:
    """For a survey of which nothing is named beforehand."""
    return ()


class Index(IndexWrites, ABC):
    """Chunks by meaning and by words; scope and filter are applied before anything is scored."""

    @abstractmethod
    async def search_vector(self, database: Database, table: Table, question: Question, k: int) -> list[Found]:
        """The k chunks whose vectors are nearest, by cosine."""

    @abstractmethod
    async def search_words(self, database: Database, table: Table, question: Question, k: int) -> list[Found]:
        """The k chunks that match the words best."""

    @abstractmethod
    async def survey(
        self, database: Database, table: Table, question: Question, k: int, also: Named = nobody
    ) -> Survey:
        """The best k by each of the two, their neighbours, and what is named besides, with every signal there is.

        `also` is asked when the best are known: whoever names chunks may take until then to find out which.
        """

    @abstractmethod
    async def chunks(self, database: Database, table: Table, ids: Sequence[Id]) -> dict[Id, tuple[Chunk, str]]:
        """Chunks with their texts, those that are still there."""

    @abstractmethod
    async def latest(self, database: Database, table: Table, visibility: Visibility, where: Filter, k: int) -> list[Id]:
        """The k chunks said last, the newest first."""

    @abstractmethod
    async def named(self, database: Database, names: Sequence[str], visibility: Visibility, most: int) -> list[Entity]:
        """The visible entities with one of these names, in the form in which names are compared; at most so many."""

    def everybody(self, binding: Binding) -> Mapping[Id, Entity] | None:  # noqa: ARG002  # for those that know
        """All whom it knows by their names; None where it asks the database."""
        return None

    def prepare(self) -> None:
        """Get ready before the store is opened."""

    async def open(self, databases: Iterable[Database]) -> None:
        """Begin to follow these databases; from then on their state is known."""

    async def rebuild(self, database: Database) -> None:
        """Make the index of a database anew from its tables; until that is done the old one goes on answering."""
        raise UnprocessableError(
            f"The index of {database.binding} is kept by its database, with every write; there is none to be rebuilt."
        )

    @property
    def rebuilds(self) -> bool:
        """Whether there is anything that could be rebuilt."""
        return False

    async def stop(self) -> None:
        """Keep what is worth keeping, before the store is closed."""

    def seal(self) -> None:
        """Vouch for what was kept, after the store was closed."""

    async def discard(self, binding: Binding) -> None:
        """Let go of a database that is dropped or filled anew."""

    def states(self) -> Mapping[Binding, State]:
        """How far each database is followed."""
        return {}

    def gauges(self) -> Mapping[str, float]:
        """Figures for the metrics."""
        return {}

    async def holds(self, database: Database, table: Table) -> bool:  # noqa: ARG002  # for those that know
        """Whether there may be anything at all to be found in a table."""
        return True

    @abstractmethod
    def state(self, binding: Binding) -> State:
        """Whether everything in the database can be found already."""

    @abstractmethod
    def generation(self, binding: Binding) -> int | None:
        """Grows with every change; None if others may change the index unseen."""
