"""The chunks of one Context: a shelf a table, changed by one at a time, and how far it follows the database."""

import asyncio
from collections.abc import Iterable, Sequence

from server.index import reading
from server.index.analysis import Analyzer
from server.index.chunk import TABLES, Chunk, Content, Id, Table, id_of
from server.index.products import Multiplier
from server.index.scan import Scan
from server.index.search import Question, State
from server.index.shelf import Shelf
from server.index.texts import Texts
from server.index.views import Views
from server.index.writes import IndexedChunk
from server.store.engine import Database

# Vector searches that multiply more numbers than this leave the event loop to others meanwhile. So many take some
# milliseconds, for the first look is at eight bits of each; waking another thread and being woken takes one or two.
SMALL_WORK = 32_000_000
# So do surveys whose terms stand in more rows than this; what they read besides is some hundred rows of any shelf.
FEW_POSTINGS = 100_000


class Collection:
    """What is known of one Context. Until it has been caught up, some of the database may be missing or outdated."""

    def __init__(self, shelves: Iterable[Shelf], *, current: bool) -> None:
        self._shelves: dict[Table, Shelf] = {shelf.table: shelf for shelf in shelves}
        self._views = {table: Views(shelf) for table, shelf in self._shelves.items()}
        self._changing = asyncio.Lock()
        self._doubtful: dict[Table, set[Id]] = {}
        self._done = self._total = 0
        self._before = 0
        self._closed = False
        self.current = current

    @classmethod
    def empty(cls, analyzer: Analyzer, texts: dict[Table, Texts]) -> "Collection":
        return cls([Shelf(table, analyzer, texts[table]) for table in TABLES], current=False)

    @property
    def state(self) -> State:
        if self.current:
            return State("ready", len(self), len(self))
        return State("building", self._done, self._total)

    @property
    def generation(self) -> int:
        """Grows with every change."""
        return self._before + sum(shelf.generation for shelf in self._shelves.values())

    @property
    def nbytes(self) -> int:
        return sum(shelf.nbytes for shelf in self._shelves.values())

    def __len__(self) -> int:
        return sum(len(shelf) for shelf in self._shelves.values())

    def shelf(self, table: Table) -> Shelf:
        return self._shelves[table]

    def scan(self, table: Table, question: Question, multiplier: Multiplier) -> Scan:
        return Scan(self._shelves[table], self._views[table], question, multiplier)

    async def add(self, database: Database, table: Table, contents: dict[Id, Content]) -> None:
        """Take in chunks that were committed, as far as they are still there."""
        async with self._changing:
            for chunk in await reading.current(database, table, list(contents)):
                self._put(chunk, contents[chunk.id])

    async def add_current(self, database: Database, chunks: Sequence[IndexedChunk]) -> None:
        """Take in chunks of documents, as far as they are still of the version that is read."""
        contents = {id_of(one.id): Content(one.text, one.vector) for one in chunks}
        async with self._changing:
            for chunk in await reading.of_current_versions(database, chunks):
                self._put(chunk, contents[chunk.id])

    async def remove(self, table: Table, ids: Sequence[Id]) -> None:
        """Drop chunks; after this none of them is found."""
        async with self._changing:
            self._remove(table, ids)

    async def catch_up(self, database: Database) -> None:
        """Compare everything with the database and put right what differs; changes go on in between."""
        self._doubtful = {table: set(shelf.numbers) for table, shelf in self._shelves.items()}
        self._done, self._total = 0, sum([await reading.count(database, table) for table in TABLES])
        for table in TABLES:
            after: Id | None = None
            while True:
                # A page is read and applied with no change in between, so that no row comes back after its removal.
                async with self._changing:
                    found, after, number = await reading.page(database, table, after)
                    for chunk, content in found:
                        self._put(chunk, content)
                self._done += number
                if not number:
                    break
        async with self._changing:
            for table, ids in self._doubtful.items():
                self._remove(table, list(ids))
        self._doubtful = {}
        self.current = True

    def compact(self) -> None:
        """Give back the rows of what is gone."""
        for table, shelf in self._shelves.items():
            if shelf.gone:
                self._replace(table)

    def succeed(self, other: "Collection") -> None:
        """Take the place of another one: what was answered by it is older than whatever is answered from now on."""
        self._before = other.generation + 1

    def close(self) -> None:
        """Let go of the texts; what somebody still has to add or remove is none of its business any more."""
        self._closed = True
        for shelf in self._shelves.values():
            shelf.texts.close()

    def _put(self, chunk: Chunk, content: Content) -> None:
        if self._closed:
            return
        shelf = self._shelves[chunk.table]
        self._doubtful.get(chunk.table, set()).discard(chunk.id)
        if not shelf.holds(chunk, content):
            shelf.put(chunk, content)
            if shelf.wasteful:
                self._replace(chunk.table)

    def _remove(self, table: Table, ids: Sequence[Id]) -> None:
        if self._closed:
            return
        shelf = self._shelves[table]
        for one in ids:
            shelf.remove(one)
        if shelf.wasteful:
            self._replace(table)

    def _replace(self, table: Table) -> None:
        self._shelves[table] = shelf = self._shelves[table].compacted()
        self._views[table] = Views(shelf)
