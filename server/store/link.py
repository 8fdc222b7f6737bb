"""The way to a SurrealDB server: one signed-in socket, replaced whenever it is lost."""

import asyncio
from collections.abc import Callable

import structlog
from surrealdb import AsyncWsSurrealConnection
from surrealdb.errors import ConnectionUnavailableError, NotAllowedError, SurrealError

from server.core.clock import Clock
from server.core.errors import UnavailableError
from server.store.engine import EngineStats

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
GOODBYE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class NotSentError(ConnectionUnavailableError):
    """The socket was gone before the query left, so that the query cannot have run."""


class Socket(AsyncWsSurrealConnection):
    """A connection that ends with its socket; the driver by itself would go on with one that is not signed in."""

    def __init__(self, url: str, keepalive: float) -> None:
        super().__init__(url, streaming=False, ping_interval=keepalive, ping_timeout=2 * keepalive)
        self._used = False

    async def connect(self, url: str | None = None) -> None:
        if not self._used:
            self._used = True
            await super().connect(url)
            self.socket.close_timeout = GOODBYE_SECONDS
        elif self.lost:
            raise NotSentError("the connection to the database is lost")

    @property
    def lost(self) -> bool:
        return self.recv_task is None or self.recv_task.done()


class Link:
    """Hands out the socket; once it is lost a single task tries for the next until it has one.

    Callers wait for that during the first `patience` seconds after the loss, which hides the restart of a database;
    from then on they are told at once that it is away.
    """

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        clock: Clock,
        jitter: Callable[[], float],
        patience: float,
        keepalive: float,
        stats: EngineStats,
    ) -> None:
        self._url = url
        self._username = username
        self._password = password
        self._clock = clock
        self._jitter = jitter
        self._patience = patience
        self._keepalive = keepalive
        self._stats = stats
        self._next: asyncio.Task[Socket] | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._lost_at = clock.monotonic() - patience
        self._reason = "it has not answered yet"
        self._closed = True

    async def open(self) -> None:
        """Connect for the first time; when that fails, later calls try again."""
        self._closed = False
        if self._next is None:
            first = asyncio.ensure_future(self._connect())
            try:
                await first
            except (SurrealError, OSError) as error:
                raise self._away(error) from error
            self._next = first

    async def close(self) -> None:
        self._closed = True
        task, self._next = self._next, None
        if task is None:
            return
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and task.exception() is None:
            await task.result().close()

    async def socket(self) -> Socket:
        """The socket in use, signed in."""
        if self._closed:
            raise UnavailableError(f"The connection to the database at {self._url} is closed; start the server again.")
        if self._next is None:
            self._next = asyncio.ensure_future(self._connect_at_last(None))
        elif self._next.done() and self._next.result().lost:
            self.replace(self._next.result())
        task = self._next
        if not task.done():
            await self._wait(task)
        if not task.done() or task.cancelled():
            raise self._away()
        return task.result()

    async def renew(self, socket: Socket) -> None:
        """Sign in again where the session has expired, once for all who noticed; others go on using the socket."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.ensure_future(self._sign_in(socket))
        try:
            await asyncio.shield(self._renewal)
        except SurrealError as error:
            raise self._away(error) from error
        self._stats.reconnects += 1

    def replace(self, socket: Socket) -> None:
        """Stop using a socket that failed and try for another."""
        if self._next is not None and self._next.done() and self._next.result() is socket:
            self._lost_at = self._clock.monotonic()
            self._reason = "the connection was lost"
            self._next = asyncio.ensure_future(self._connect_at_last(socket))

    async def _wait(self, task: asyncio.Task[Socket]) -> None:
        left = self._lost_at + self._patience - self._clock.monotonic()
        if left > 0:
            patience = asyncio.ensure_future(self._clock.sleep(left))
            try:
                await asyncio.wait({task, patience}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                patience.cancel()

    async def _connect_at_last(self, lost: Socket | None) -> Socket:
        if lost is not None:
            await lost.close()
        pause = FIRST_PAUSE
        while True:
            try:
                socket = await self._connect()
            except (SurrealError, OSError) as error:
                self._away(error)
                log.warning("store.connect_failed", url=self._url, reason=self._reason)
            else:
                self._stats.reconnects += 1
                log.info("store.connected", url=self._url)
                return socket
            await self._clock.sleep(pause * (0.5 + self._jitter() / 2))
            pause = min(LONGEST_PAUSE, 2 * pause)

    async def _connect(self) -> Socket:
        socket = Socket(self._url, self._keepalive)
        try:
            await socket.connect()
            await self._sign_in(socket)
        except BaseException:
            await socket.close()
            raise
        return socket

    async def _sign_in(self, socket: Socket) -> None:
        await socket.signin({"username": self._username, "password": self._password})

    def _away(self, error: Exception | None = None) -> UnavailableError:
        if isinstance(error, NotAllowedError):
            self._reason = f"it refused to sign in the user {self._username!r}; check name and password"
        elif error is not None:
            self._reason = str(error)
        return UnavailableError(f"The database at {self._url} is away: {self._reason}.")
