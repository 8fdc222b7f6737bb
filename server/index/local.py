"""The search index of a process that owns its store: in memory, exact, and never behind what was acknowledged."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import structlog
from surrealdb import RecordID

from server.core.clock import Clock
from server.core.errors import SpectronError, UnavailableError
from server.core.visibility import Visibility
from server.core.waiting import ended
from server.index import reading
from server.index.analysis import Analyzer
from server.index.chunk import KNOWLEDGE, TABLES, Chunk, Content, Id, Table, id_of
from server.index.collection import FEW_POSTINGS, SMALL_WORK, Collection
from server.index.entity import TABLE as ENTITY
from server.index.entity import Entity
from server.index.products import Multiplier
from server.index.rosters import Rosters
from server.index.saved import Saved
from server.index.scan import Scan
from server.index.search import OPENING, READY, Filter, Found, Index, Named, Question, State, Survey, nobody
from server.index.texts import Texts
from server.index.writes import IndexedChunk
from server.store.binding import Binding
from server.store.engine import Database

RETRY_SECONDS = 1.0
Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class LocalIndex(Index):
    """One collection a Context, made when it is first needed and caught up from the database in the background.

    With `saved`, collections are kept over a clean stop: `prepare` before the store is opened, `stop` before it is
    closed and `seal` after that.
    """

    def __init__(self, clock: Clock, saved: Saved | None = None, *, small_work: int = SMALL_WORK) -> None:
        self._clock = clock
        self._saved = saved
        self._small_work = small_work
        self._analyzer = Analyzer()
        self._multiplier = Multiplier()
        self._collections: dict[Binding, Collection] = {}
        self._opening: dict[Binding, asyncio.Task[Collection]] = {}
        self._catching_up: dict[Binding, asyncio.Task[None]] = {}
        self._successors: dict[Binding, Collection] = {}
        self._rebuilding: dict[Binding, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()
        self._rosters = Rosters()

    def prepare(self) -> None:
        if self._saved:
            self._saved.unseal()

    async def open(self, databases: Iterable[Database]) -> None:
        """Begin to catch up with these databases, those that need it."""
        closed = [database for database in databases if database.binding not in self._collections]
        if closed:
            await asyncio.gather(*map(self._collection, closed))

    async def caught_up(self, database: Database) -> None:
        """Wait until everything in that database can be found, and names that were asked for are known."""
        await self._rosters.complete(database.binding)
        await self._collection(database)
        if task := self._catching_up.get(database.binding):
            await asyncio.shield(task)

    @property
    def rebuilds(self) -> bool:
        return True

    async def rebuild(self, database: Database) -> None:
        binding = database.binding
        rebuilding = self._rebuilding.get(binding)
        if rebuilding is None:
            rebuilding = self._rebuilding[binding] = asyncio.create_task(self._rebuilt(database))
            rebuilding.add_done_callback(lambda _: self._rebuilding.pop(binding, None))
        try:
            await asyncio.wait({rebuilding})
        except asyncio.CancelledError:
            rebuilding.cancel()
            raise
        if rebuilding.cancelled():
            raise UnavailableError(f"The database {binding} was dropped or filled anew while its index was rebuilt.")
        await rebuilding

    async def stop(self) -> None:
        """Save what there is; what was not caught up will be at the next start."""
        for task in [*self._rebuilding.values(), *self._catching_up.values(), *self._opening.values()]:
            await ended(task)
        await self._rosters.stop()
        if self._saved:
            for binding, collection in self._collections.items():
                collection.compact()
                for table in TABLES:
                    await asyncio.to_thread(self._saved.save, binding, collection.shelf(table))
        self._multiplier.close()

    def seal(self) -> None:
        """Vouch for what was saved; the store is closed now."""
        if self._saved:
            current = [binding for binding, collection in self._collections.items() if collection.current]
            self._saved.seal(current, seen=self._collections)

    async def discard(self, binding: Binding) -> None:
        """Let go of a database that is dropped or filled anew."""
        for tasks in (self._rebuilding, self._opening, self._catching_up):
            if task := tasks.pop(binding, None):
                await ended(task)
        await self._rosters.discard(binding)
        collection = self._collections.pop(binding, None)
        if collection is not None:
            collection.close()
        if self._saved:
            self._saved.drop(binding)

    async def chunks_added(self, database: Database, chunks: Sequence[IndexedChunk]) -> None:
        for collection in await self._following(database):
            await _added(collection, database, chunks)

    async def chunks_removed(self, database: Database, ids: Sequence[RecordID]) -> None:
        for collection in await self._following(database):
            for table, removed in _by_table(ids).items():
                await collection.remove(table, removed)

    async def entities_changed(self, database: Database, ids: Sequence[RecordID]) -> None:
        await self._rosters.changed(database, [id_of(one) for one in ids if one.table_name == ENTITY])

    async def named(self, database: Database, names: Sequence[str], visibility: Visibility, most: int) -> list[Entity]:
        return await self._rosters.named(database, names, visibility, most)

    def everybody(self, binding: Binding) -> Mapping[Id, Entity] | None:
        return self._rosters.everybody(binding)

    async def search_vector(self, database: Database, table: Table, question: Question, k: int) -> list[Found]:
        return await self._scanned(database, table, question, lambda scan: scan.by_vector(k))

    async def search_words(self, database: Database, table: Table, question: Question, k: int) -> list[Found]:
        return await self._scanned(database, table, question, lambda scan: scan.by_words(k))

    async def survey(
        self, database: Database, table: Table, question: Question, k: int, also: Named = nobody
    ) -> Survey:
        scan = await self._scan(database, table, question)
        best = await _read(lambda: scan.best(k), at_once=scan.work <= self._small_work)
        named = await also()
        return await _read(lambda: scan.survey(best, named), at_once=scan.postings <= FEW_POSTINGS)

    async def latest(self, database: Database, table: Table, visibility: Visibility, where: Filter, k: int) -> list[Id]:
        question = Question("", None, visibility, where)
        return await self._scanned(database, table, question, lambda scan: scan.latest(k))

    async def chunks(self, database: Database, table: Table, ids: Sequence[Id]) -> dict[Id, tuple[Chunk, str]]:
        collection = await self._collection(database)
        if not collection.current:
            # Until it has caught up it may still hold what was forgotten without it.
            ids = [chunk.id for chunk in await reading.current(database, table, ids)]
        shelf = collection.shelf(table)
        rows = {one: row for one in ids if (row := shelf.numbers.get(one)) is not None}
        return {one: (shelf.chunk(row), shelf.text(row)) for one, row in rows.items()}

    async def holds(self, database: Database, table: Table) -> bool:
        collection = await self._collection(database)
        return not collection.current or len(collection.shelf(table)) > 0

    def state(self, binding: Binding) -> State:
        return self.states().get(binding, READY)

    def generation(self, binding: Binding) -> int | None:
        collection = self._collections.get(binding)
        return 0 if collection is None else collection.generation

    def states(self) -> Mapping[Binding, State]:
        opening = dict.fromkeys(self._opening, OPENING)
        following = self._collections | self._successors
        return opening | {binding: collection.state for binding, collection in following.items()}

    def gauges(self) -> Mapping[str, float]:
        """Figures for the metrics."""
        states = list(self.states().values())
        return {
            "chunks": float(sum(len(collection) for collection in self._collections.values())),
            "bytes": float(sum(collection.nbytes for collection in self._collections.values())),
            "building": float(sum(state.state == "building" for state in states)),
            "progress": min((state.progress for state in states), default=1.0),
        }

    async def _scanned(
        self, database: Database, table: Table, question: Question, read: Callable[[Scan], Answer]
    ) -> Answer:
        scan = await self._scan(database, table, question)
        return await _read(lambda: read(scan), at_once=scan.work <= self._small_work)

    async def _scan(self, database: Database, table: Table, question: Question) -> Scan:
        return (await self._collection(database)).scan(table, question, self._multiplier)

    async def _collection(self, database: Database) -> Collection:
        found = self._collections.get(database.binding)
        if found is not None:
            return found
        opening = self._opening.get(database.binding)
        if opening is None:
            opening = asyncio.create_task(self._opened(database))
            self._opening[database.binding] = opening
        return await asyncio.shield(opening)

    async def _opened(self, database: Database) -> Collection:
        binding = database.binding
        try:
            collection = await asyncio.to_thread(self._loaded, binding)
            if not collection.current and not len(collection):
                collection.current = not any([await reading.count(database, table) for table in TABLES])
            self._collections[binding] = collection
            if not collection.current:
                self._catching_up[binding] = asyncio.create_task(self._caught_up(database, collection))
            return collection
        finally:
            self._opening.pop(binding, None)

    async def _following(self, database: Database) -> list[Collection]:
        """Whoever has to be told what changes."""
        collection = await self._collection(database)
        successor = self._successors.get(database.binding)
        return [collection] if successor is None else [collection, successor]

    async def _rebuilt(self, database: Database) -> None:
        binding, started = database.binding, self._clock.monotonic()
        await self.caught_up(database)
        texts = {table: self._saved.other_texts(binding, table) if self._saved else Texts.at(None) for table in TABLES}
        # What is written from here on is told to both.
        successor = self._successors[binding] = Collection.empty(self._analyzer, texts)
        try:
            async with self._one_at_a_time:
                await successor.catch_up(database)
        except BaseException:
            successor.close()
            raise
        finally:
            del self._successors[binding]
        if self._saved:
            self._saved.replace_texts(binding)
        successor.succeed(old := self._collections[binding])
        self._collections[binding] = successor
        old.close()
        await database.engine.forget()
        seconds = round(self._clock.monotonic() - started, 3)
        log.info("index.renewed", database=str(binding), chunks=len(successor), seconds=seconds)

    def _loaded(self, binding: Binding) -> Collection:
        saved = self._saved
        if saved is None:
            return Collection.empty(self._analyzer, {table: Texts.at(None) for table in TABLES})
        shelves = [saved.load(binding, table, self._analyzer) for table in TABLES]
        whole = [shelf for shelf in shelves if shelf is not None]
        if len(whole) == len(TABLES):
            return Collection(whole, current=saved.is_current(binding))
        for shelf in whole:
            shelf.texts.close()
        if saved.exists(binding):
            log.warning("index.rebuilt", database=str(binding), reason="what was saved of it cannot be used")
        texts = {table: saved.texts(binding, table) for table in TABLES}
        for one in texts.values():
            one.cut(0)
        return Collection.empty(self._analyzer, texts)

    async def _caught_up(self, database: Database, collection: Collection) -> None:
        """Catch up, one collection at a time, again and again while the database is away."""
        started = self._clock.monotonic()
        async with self._one_at_a_time:
            while not collection.current:
                try:
                    await collection.catch_up(database)
                except SpectronError as error:
                    log.warning("index.catch_up_failed", database=str(database.binding), reason=error.detail)
                    await self._clock.sleep(RETRY_SECONDS)
        self._catching_up.pop(database.binding, None)
        await database.engine.forget()
        seconds = round(self._clock.monotonic() - started, 3)
        log.info("index.ready", database=str(database.binding), chunks=len(collection), seconds=seconds)


async def _read(read: Callable[[], Answer], *, at_once: bool) -> Answer:
    """Read in place what is small, and in another thread what would keep everybody waiting."""
    return read() if at_once else await asyncio.to_thread(read)


async def _added(collection: Collection, database: Database, chunks: Sequence[IndexedChunk]) -> None:
    whole: list[IndexedChunk] = []
    rest: list[IndexedChunk] = []
    for one in chunks:
        (whole if one.id.table_name == KNOWLEDGE and one.created_at else rest).append(one)
    if whole:
        await collection.add_current(database, whole)
    for table, held in _by_table(chunk.id for chunk in rest).items():
        contents = {id_of(one.id): Content(one.text, one.vector) for one in rest if one.id.table_name == table}
        await collection.add(database, table, {one: contents[one] for one in held})


def _by_table(ids: Iterable[RecordID]) -> dict[Table, list[Id]]:
    """The keys of records by their table; other tables are none of an index's business."""
    found: dict[Table, list[Id]] = {}
    for one in ids:
        for table in TABLES:
            if one.table_name == table:
                found.setdefault(table, []).append(id_of(one))
    return found
