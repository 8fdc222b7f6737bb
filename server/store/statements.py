"""How a query is put together and tried again, the same for every engine."""

import random
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surrealdb.connections.async_ws import AsyncWsSurrealConnection
from surrealdb.errors import SurrealError

from server.core.clock import Clock
from server.core.errors import QueryError, TransactionConflictError, UnprocessableError
from server.store.binding import Binding
from server.store.engine import Engine, Variables
from server.store.results import Statement, results_of, statements_of

ATTEMPTS = 24
FIRST_PAUSE = 0.002
LONGEST_PAUSE = 0.25


class StatementEngine(Engine):
    """Composes texts, takes answers apart and repeats lost transactions; how to reach the database is left open."""

    def __init__(self, clock: Clock, jitter: Callable[[], float] = random.random) -> None:
        super().__init__()
        self._clock = clock
        self._jitter = jitter

    @abstractmethod
    async def _ask(self, text: str, variables: Variables, *, repeatable: bool) -> Mapping[str, Any]:
        """Send one query and return the raw reply."""

    async def _query(self, text: str, variables: Variables | None, *, repeatable: bool) -> Sequence[Statement]:
        try:
            return statements_of(await self._ask(text, variables or {}, repeatable=repeatable))
        except SurrealError as error:
            raise QueryError(f"The database failed: {error}") from error

    def _written(self) -> None:
        """Called after each query that may have written."""

    def _require(self, binding: Binding) -> None:
        """Called before each query; refuses what must not be used."""

    async def read(self, binding: Binding, text: str, variables: Variables | None = None) -> list[Any]:
        self._require(binding)
        _, *answers = await self._query(f"{use(binding)}\n{text}", variables, repeatable=True)
        return results_of(answers)

    async def write(
        self, binding: Binding, text: str, variables: Variables | None = None, *, repeatable: bool = False
    ) -> list[Any]:
        whole = f"{use(binding)} BEGIN;\n{text}\n; COMMIT;"
        for attempt in range(ATTEMPTS):
            if attempt:
                self.stats.conflict_retries += 1
                await self._clock.sleep(self._jitter() * min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
            self._require(binding)
            # A USE that creates its database may lose against another one that does the same, and says so. It is in
            # force nevertheless and the transaction has run: only what follows tells whether that worked.
            _, *answers = await self._query(whole, variables, repeatable=repeatable)
            self._written()
            try:
                return results_of(answers)[1:-1]
            except TransactionConflictError:
                continue
        raise TransactionConflictError(
            f"A transaction in {binding} lost against concurrent ones {ATTEMPTS} times in a row; try again later."
        )

    async def execute(self, binding: Binding | None, text: str, variables: Variables | None = None) -> list[Any]:
        if binding is None:
            answers = await self._query(text, variables, repeatable=False)
        else:
            self._require(binding)
            _, *answers = await self._query(f"{use(binding)}\n{text}", variables, repeatable=False)
        self._written()
        return results_of(answers)


def use(binding: Binding) -> str:
    """The statement that lets what follows in the same query be about this database."""
    return f"USE NS `{binding.namespace}` DB `{binding.database}`;"


async def version_of(connection: AsyncWsSurrealConnection) -> str:
    """The bare number, of what says `surrealdb-3.2.4+20260101.abc`."""
    try:
        named = await connection.version()
    except SurrealError as error:
        raise QueryError(f"The database failed: {error}") from error
    return named.removeprefix("surrealdb-").partition("+")[0]


async def send(connection: AsyncWsSurrealConnection, text: str, variables: Variables) -> Mapping[str, Any]:
    """Hand a query to the driver, which refuses what it cannot encode before anything leaves."""
    try:
        return await connection.query_raw(text, dict(variables))
    except RecursionError:
        raise UnprocessableError("A value is nested too deeply for the database; flatten it.") from None
    except (TypeError, ValueError) as error:
        raise UnprocessableError(f"A value cannot be sent to the database: {error}") from error
