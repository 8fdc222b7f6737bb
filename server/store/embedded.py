"""SurrealDB inside this process, on SurrealKV files or in memory."""

import asyncio
import os
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from surrealdb.connections.async_embedded import AsyncEmbeddedSurrealConnection
from surrealdb.errors import SurrealError

from server.core.clock import Clock
from server.core.errors import ContextNotFoundError, UnavailableError
from server.store.binding import Binding
from server.store.copying import StoreCopy
from server.store.engine import Variables
from server.store.gate import Gate
from server.store.memory import give_back, resident_bytes
from server.store.ownership import Ownership
from server.store.statements import StatementEngine, send, version_of

# How long the engine's threads may still work after closing; the interpreter would abort if it ended meanwhile.
REST_SECONDS = 0.5
PATIENCE = 0.5
# Somebody waits for the copy of a store, and everybody else for what closing and opening takes besides.
FREEZE_PATIENCE = 0.25
REOPEN_PAUSE = 1.0
FREEZE_ATTEMPTS = 20
MEGABYTE = 1024 * 1024
QUERIES_A_LOOK = 16
WORTH_FORGETTING = 64 * MEGABYTE

log = structlog.get_logger(__name__)


class EmbeddedEngine(StatementEngine):
    """The engine of a single process; its store is locked for all others.

    The embedded connection never flushes its memtable by itself and would stop for good once two are full. So
    whenever the write-ahead log has grown past `checkpoint_bytes`, running queries are let finish, new ones wait,
    and the store is closed and opened again, which writes everything out and compacts it. A long query postpones
    that, without holding up the others, until the log has grown to twice as much.

    It keeps in memory what it has read, up to half of the machine's, and lets go of that when the store is closed. So
    the same is done whenever the process has grown by `cache_bytes`.
    """

    kind = "embedded"

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        *,
        checkpoint_bytes: int = 32 * MEGABYTE,
        cache_bytes: int = 512 * MEGABYTE,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`path` is the folder of the store's files; None keeps everything in memory."""
        super().__init__(clock, jitter)
        self._path = path.resolve() if path else None
        self._ownership = Ownership(self._path) if self._path else None
        self._checkpoint_bytes = checkpoint_bytes
        self._checkpoint_at = checkpoint_bytes
        self._cache_bytes = cache_bytes
        self._resident_at = 0
        self._gate = Gate()
        # In memory the engine loses updates when transactions meet, so that there queries take turns.
        self._turn = asyncio.Semaphore(1) if path is None else None
        self._alone = asyncio.Lock()
        self._connection: AsyncEmbeddedSurrealConnection | None = None
        self._housekeeping: asyncio.Task[bool] | None = None
        self._closed = False
        self._dropped: set[Binding] = set()

    async def open(self) -> None:
        async with self._alone:
            if self._connection is None:
                self._take()
                try:
                    self._connection = await self._opened()
                except BaseException:
                    self._drop()
                    raise
                self._closed = False
                self._resident_at = resident_bytes()

    async def close(self) -> None:
        self._closed = True
        if self._housekeeping is not None:
            await asyncio.wait({self._housekeeping})
        await asyncio.shield(asyncio.ensure_future(self._shut_down()))

    async def checkpoint(self) -> None:
        """Write everything out and compact, with no query running meanwhile; nothing to do in memory."""
        if self._path is not None:
            await asyncio.shield(asyncio.ensure_future(self._checkpoint(postponable=False)))

    async def forget(self) -> None:
        self._let_go_beyond(min(WORTH_FORGETTING, self._cache_bytes))

    async def freeze(self, folder: Path) -> None:
        """Make `folder` a store that holds what this one holds now, with writers kept waiting for a moment only.

        New queries wait for a quarter of a second at most while the running ones end; then they go first, and it tries
        again. Only when that was of no use for long does it keep them waiting until the last one has ended.
        """
        if self._path is None:
            raise UnavailableError("A store in memory has no files that could be kept as they are.")
        copy = StoreCopy(self._path, folder)
        try:
            for attempt in range(FREEZE_ATTEMPTS):
                postponable = attempt < FREEZE_ATTEMPTS - 1
                taking = self._checkpoint(postponable=postponable, patience=FREEZE_PATIENCE, closed=copy.take)
                if await asyncio.shield(asyncio.ensure_future(taking)):
                    await asyncio.to_thread(copy.complete)
                    return
                await self._clock.sleep(PATIENCE)
        except OSError as error:
            raise UnavailableError(
                f"The store {self._place} could not be copied: {error.strerror}. Make room on that disk and try again."
            ) from error
        finally:
            copy.close()
        raise self._not_opened("it is closed")

    async def version(self) -> str:
        await self._enter()
        try:
            if self._connection is None:
                raise self._not_opened("it is closed")
            return await version_of(self._connection)
        finally:
            self._leave()

    @property
    def path(self) -> Path | None:
        """The folder of the store's files; None if everything is in memory."""
        return self._path

    @property
    def wal_bytes(self) -> int:
        """The size of the write-ahead log on disk; a few microseconds."""
        return sum(size for _, size in _files(self._path / "wal")) if self._path else 0

    async def create_database(self, binding: Binding) -> bool:
        self._dropped.discard(binding)
        return await super().create_database(binding)

    async def drop_database(self, binding: Binding) -> None:
        """Remove it, and refuse whoever is still at work in it: to use a database is to create it."""
        self._dropped.add(binding)
        await super().drop_database(binding)

    def _require(self, binding: Binding) -> None:
        if binding in self._dropped:
            raise ContextNotFoundError(f"The database {binding} was deleted, and so was its Context.")

    async def _ask(self, text: str, variables: Variables, *, repeatable: bool) -> Mapping[str, Any]:  # noqa: ARG002  # nothing is lost on the way to this engine
        await self._enter()
        connection = self._connection
        if connection is None:
            self._leave()
            raise UnavailableError(f"The store {self._place} is not open; wait for it, or start the server again.")
        self.stats.queries += 1
        if self.stats.queries % QUERIES_A_LOOK == 0:
            self._let_go_beyond(self._cache_bytes)
        query = asyncio.ensure_future(send(connection, text, variables))
        # The query outlives a cancelled caller: the store must not be closed under it.
        query.add_done_callback(lambda _: self._leave())
        return await asyncio.shield(query)

    async def _enter(self) -> None:
        await self._gate.enter()
        if self._turn is not None:
            try:
                await self._turn.acquire()
            except asyncio.CancelledError:
                self._gate.leave()
                raise

    def _leave(self) -> None:
        if self._turn is not None:
            self._turn.release()
        self._gate.leave()

    def _written(self) -> None:
        if self._resting and self.wal_bytes >= self._checkpoint_at:
            self._housekeeping = asyncio.ensure_future(self._checkpoint(postponable=True))

    def _let_go_beyond(self, grown: int) -> None:
        """Forget what was read if the process has grown by so much since it last did."""
        if self._path and self._resting and resident_bytes() - self._resident_at >= grown:
            self._housekeeping = asyncio.ensure_future(self._let_go())

    async def _let_go(self) -> bool:
        """Close and open the store; the engine's threads free what it has read a moment after that."""
        done = await self._checkpoint(postponable=True)
        if done:
            await self._clock.sleep(REST_SECONDS)
            await asyncio.to_thread(give_back)
        # One that was postponed comes again when it has grown by another quarter.
        self._resident_at = resident_bytes() - (0 if done else self._cache_bytes * 3 // 4)
        return done

    @property
    def _resting(self) -> bool:
        return not self._closed and (self._housekeeping is None or self._housekeeping.done())

    async def _checkpoint(
        self, *, postponable: bool, patience: float = PATIENCE, closed: Callable[[], None] | None = None
    ) -> bool:
        """Close the store, do what is to be done while it is `closed`, and open it again; False if it was postponed."""
        async with self._alone:
            if self._connection is None:
                return False
            size = self.wal_bytes
            waiting = self._clock.sleep(patience) if postponable and size < 2 * self._checkpoint_bytes else None
            if not await self._gate.shut(waiting):
                self._checkpoint_at = size + self._checkpoint_bytes // 4
                return False
            started = self._clock.monotonic()
            try:
                await self._disconnect()
                if closed:
                    closed()
            finally:
                try:
                    await self._connect_at_last()
                finally:
                    self._gate.reopen()
            self._checkpoint_at = self.wal_bytes + self._checkpoint_bytes
            self.stats.checkpoints += 1
            self.stats.last_checkpoint_seconds = self._clock.monotonic() - started
            return True

    async def _shut_down(self) -> None:
        async with self._alone:
            await self._gate.shut()
            try:
                await self._disconnect()
            finally:
                self._drop()
                self._gate.reopen()

    def _take(self) -> None:
        if self._ownership is not None:
            try:
                self._ownership.take()
            except OSError as error:
                raise self._not_opened(str(error)) from error

    def _drop(self) -> None:
        if self._ownership is not None:
            self._ownership.drop()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close()
            except SurrealError:
                log.exception("store.close_failed", store=self._place)

    async def _opened(self) -> AsyncEmbeddedSurrealConnection:
        """Open the store, and once more if a process that was killed has left a write-ahead log.

        If its end was cut off, the engine replaces the file by one without the torn record, and goes on writing to the
        old one: what is acknowledged from then on would be gone with the next kill.
        """
        left_behind = self.wal_bytes > 0
        connection = await self._connect()
        if left_behind:
            try:
                await connection.close()
            except SurrealError as error:
                raise self._not_opened(str(error)) from error
            connection = await self._connect()
        return connection

    async def _connect_at_last(self) -> None:
        """Open the store again, after a failure as often as it takes; queries are refused meanwhile."""
        while not self._closed:
            try:
                self._connection = await self._connect()
            except UnavailableError as error:
                log.error("store.reopen_failed", store=self._place, reason=error.detail)  # noqa: TRY400  # it says all
            else:
                return
            self._gate.reopen()
            await self._clock.sleep(REOPEN_PAUSE)

    async def _connect(self) -> AsyncEmbeddedSurrealConnection:
        try:
            connection = await asyncio.to_thread(AsyncEmbeddedSurrealConnection, self._url())
            await connection.connect()
        except (SurrealError, OSError) as error:
            raise self._not_opened(str(error)) from error
        return connection

    def _url(self) -> str:
        if self._path is None:
            return "mem://"
        if "?" in str(self._path):
            raise UnavailableError(f"The store cannot lie in {self._path}: choose a path without a question mark.")
        if any(_files(self._path / "sstables")) and not any(_files(self._path / "manifest")):
            # The engine would take this for a new store and begin an empty one over it.
            raise self._not_opened("its manifest is missing")
        return f"surrealkv://{self._path}"

    def _not_opened(self, reason: str) -> UnavailableError:
        return UnavailableError(
            f"The store {self._place} cannot be opened: {reason}. Check that the folder can be written and the disk is "
            "not full; if the files are damaged, move them away and restore the last backup."
        )

    @property
    def _place(self) -> str:
        return str(self._path) if self._path else "in memory"


def _files(folder: Path) -> list[tuple[str, int]]:
    """Names and sizes; a folder or file that is just being removed has none."""
    try:
        with os.scandir(folder) as entries:
            return [(entry.name, entry.stat().st_size) for entry in entries]
    except FileNotFoundError:
        return []
