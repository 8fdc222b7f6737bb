"""SurrealDB in a server of its own, over a WebSocket."""

import contextlib
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from surrealdb.errors import ConnectionUnavailableError, SurrealError, TransportTimeoutError

from server.core.clock import Clock
from server.core.errors import UnavailableError
from server.store.binding import Binding
from server.store.engine import Reader, Variables
from server.store.gate import Gate
from server.store.link import Link, NotSentError
from server.store.results import results_of, statements_of
from server.store.statements import StatementEngine, send, use, version_of

TRIES = 3


class RemoteEngine(StatementEngine):
    """The engine of many processes at once.

    A query whose connection was lost before it left, or whose session had expired, is sent again; one that may have run
    only if that is safe. The driver gives up on an answer after 30 seconds, so that whatever takes longer belongs
    into a statement that works in the background.
    """

    kind = "remote"

    def __init__(
        self,
        url: str,
        *,
        username: str,
        password: str,
        clock: Clock,
        patience: float = 2.0,
        keepalive: float = 5.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """For `patience` seconds after the connection is lost calls wait for the next one; later they fail at once.

        The connection counts as lost when a ping, sent every `keepalive` seconds, has no answer for twice as long.
        """
        super().__init__(clock, jitter)
        self._url = url
        self._gate = Gate()
        self._link = Link(url, username, password, clock, jitter, patience, keepalive, self.stats)

    async def open(self) -> None:
        await self._link.open()

    async def close(self) -> None:
        await self._gate.shut()
        try:
            await self._link.close()
        finally:
            self._gate.reopen()

    async def forget(self) -> None:
        """What was read is kept by the server, if anywhere."""

    async def version(self) -> str:
        return await version_of(await self._link.socket())

    @asynccontextmanager
    async def frozen(self, binding: Binding) -> AsyncIterator[Reader | None]:
        """By a transaction of the connection's own; None from a server that has no such transactions."""
        socket = await self._link.socket()
        try:
            transaction = await socket.begin()
        except ConnectionUnavailableError as error:
            raise self._lost() from error
        except SurrealError:
            yield None
            return

        async def read(text: str, variables: Variables) -> list[Any]:
            try:
                reply = await socket.query_raw(f"{use(binding)}\n{text}", dict(variables), txn_id=transaction)
            except SurrealError as error:
                raise self._lost() from error
            return results_of(statements_of(reply))[1:]

        try:
            yield read
        finally:
            with contextlib.suppress(SurrealError):  # it ends with the connection as well
                await socket.cancel(transaction)

    async def _ask(self, text: str, variables: Variables, *, repeatable: bool) -> Mapping[str, Any]:
        await self._gate.enter()
        try:
            return await self._try(text, variables, repeatable=repeatable)
        finally:
            self._gate.leave()

    async def _try(self, text: str, variables: Variables, *, repeatable: bool) -> Mapping[str, Any]:
        for _ in range(TRIES):
            socket = await self._link.socket()
            self.stats.queries += 1
            try:
                reply = await send(socket, text, variables)
            except NotSentError:
                self._link.replace(socket)
                continue
            except TransportTimeoutError as error:
                raise UnavailableError(
                    f"The database at {self._url} has not answered in time; the query may still be running there."
                ) from error
            except ConnectionUnavailableError as error:
                self._link.replace(socket)
                if repeatable:
                    continue
                raise UnavailableError(
                    f"The connection to the database at {self._url} was lost before the outcome of a change was known; "
                    "look whether it happened before trying again."
                ) from error
            if not _expired(reply):
                return reply
            await self._link.renew(socket)
        raise UnavailableError(f"The connection to the database at {self._url} was lost {TRIES} times in a row.")

    def _lost(self) -> UnavailableError:
        return UnavailableError(f"The connection to the database at {self._url} was lost while reading; try again.")


def _expired(reply: Mapping[str, Any]) -> bool:
    """A session ends when the user's definition says so, and is refused before anything has run."""
    return "session has expired" in str(reply.get("error", {}).get("message", "")).lower()
