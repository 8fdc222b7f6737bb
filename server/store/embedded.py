"""SurrealDB inside this process, on SurrealKV files or in memory."""

import asyncio
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from surrealdb.connections.async_embedded import AsyncEmbeddedSurrealConnection
from surrealdb.errors import SurrealError

from server.core.clock import Clock
from server.core.errors import QueryError, UnavailableError, UnprocessableError
from server.store.engine import Variables
from server.store.gate import Gate
from server.store.statements import StatementEngine

PATIENCE = 1.0
REOPEN_PAUSE = 1.0

log = structlog.get_logger(__name__)


class EmbeddedEngine(StatementEngine):
    """The engine of a single process; its store is locked for all others.

    The embedded connection never flushes its memtable by itself and would stop for good once two are full. So
    whenever the write-ahead log has grown past `checkpoint_bytes`, running queries are let finish, new ones wait,
    and the store is closed and opened again, which writes everything out and compacts it. A long query postpones
    that, without holding up the others, until the log has grown to twice as much.
    """

    kind = "embedded"

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        *,
        checkpoint_bytes: int = 32 * 1024 * 1024,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`path` is the folder of the store's files; None keeps everything in memory."""
        super().__init__(clock, jitter)
        self._path = path.resolve() if path else None
        self._checkpoint_bytes = checkpoint_bytes
        self._gate = Gate()
        self._exclusive = asyncio.Lock()
        self._connection: AsyncEmbeddedSurrealConnection | None = None
        self._housekeeping: asyncio.Task[None] | None = None
        self._closed = False

    async def open(self) -> None:
        async with self._exclusive:
            if self._connection is None:
                self._connection = await self._connect()
                self._closed = False

    async def close(self) -> None:
        self._closed = True
        if self._housekeeping is not None:
            await asyncio.wait({self._housekeeping})
        await asyncio.shield(asyncio.ensure_future(self._shut_down()))

    async def checkpoint(self) -> None:
        """Write everything out and compact, with no query running meanwhile; nothing to do in memory."""
        if self._path is not None:
            await asyncio.shield(asyncio.ensure_future(self._checkpoint(postponable=False)))

    @property
    def wal_bytes(self) -> int:
        """The size of the write-ahead log on disk."""
        if self._path is None:
            return 0
        try:
            return sum(file.stat().st_size for file in (self._path / "wal").iterdir())
        except FileNotFoundError:
            return 0

    async def _ask(self, text: str, variables: Variables, *, repeatable: bool) -> Mapping[str, Any]:  # noqa: ARG002  # nothing is lost on the way to this engine
        await self._gate.enter()
        connection = self._connection
        if connection is None:
            self._gate.leave()
            raise UnavailableError(f"The store {self._place} is not open; wait for it, or start the server again.")
        self.stats.queries += 1
        query = asyncio.ensure_future(connection.query_raw(text, dict(variables)))
        # The query outlives a cancelled caller: the engine must not be closed under it.
        query.add_done_callback(lambda _: self._gate.leave())
        try:
            return await asyncio.shield(query)
        except SurrealError as error:
            raise QueryError(f"The database failed: {error}") from error
        except RecursionError:
            raise UnprocessableError("A value is nested too deeply for the database; flatten it.") from None
        except (TypeError, ValueError) as error:
            raise UnprocessableError(f"A value cannot be sent to the database: {error}") from error

    def _written(self) -> None:
        busy = self._housekeeping is not None and not self._housekeeping.done()
        if not busy and not self._closed and self.wal_bytes >= self._checkpoint_bytes:
            self._housekeeping = asyncio.ensure_future(self._checkpoint(postponable=True))

    async def _checkpoint(self, *, postponable: bool) -> None:
        async with self._exclusive:
            if self._connection is None:
                return
            postponable = postponable and self.wal_bytes < 2 * self._checkpoint_bytes
            if not await self._gate.shut(self._clock.sleep(PATIENCE) if postponable else None):
                return
            started = self._clock.monotonic()
            try:
                connection, self._connection = self._connection, None
                await connection.close()
                self._connection = await self._connect()
            except (SurrealError, UnavailableError) as error:
                log.exception("store.checkpoint_failed", store=self._place, reason=str(error))
            finally:
                self._gate.reopen()
            self.stats.checkpoints += 1
            self.stats.last_checkpoint_seconds = self._clock.monotonic() - started

    async def _shut_down(self) -> None:
        async with self._exclusive:
            await self._gate.shut()
            try:
                connection, self._connection = self._connection, None
                if connection is not None:
                    await connection.close()
            finally:
                self._gate.reopen()

    async def _connect(self) -> AsyncEmbeddedSurrealConnection:
        url = "mem://"
        try:
            if self._path is not None:
                url = f"surrealkv://{self._path}"
                if "?" in url:
                    raise UnavailableError(
                        f"The store cannot lie in {self._path}: choose a path without a question mark."
                    )
                self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = await asyncio.to_thread(AsyncEmbeddedSurrealConnection, url)
            await connection.connect()
        except (SurrealError, OSError) as error:
            raise UnavailableError(self._advice(str(error))) from error
        return connection

    def _advice(self, reason: str) -> str:
        if "locked by another process" in reason:
            return (
                f"The store {self._place} is in use by another process: stop the other server that works on it, "
                "or give this one a data directory of its own."
            )
        return (
            f"The store {self._place} cannot be opened: {reason}. Check that the folder can be written and the disk is "
            "not full; if the files are damaged, move them away and restore the last backup."
        )

    @property
    def _place(self) -> str:
        return str(self._path) if self._path else "in memory"
