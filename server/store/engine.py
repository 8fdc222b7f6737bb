"""What the rest of the server may ask of a SurrealDB engine, embedded or remote."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from server.store.binding import Binding

Variables = Mapping[str, Any]
Row = dict[str, Any]
# Asks one database; answers as `Engine.read` does.
Reader = Callable[[str, Variables], Awaitable[list[Any]]]


@dataclass(slots=True)
class EngineStats:
    """What an engine has counted since it was made, for the metrics."""

    queries: int = 0
    conflict_retries: int = 0
    checkpoints: int = 0
    last_checkpoint_seconds: float = 0.0
    reconnects: int = 0


class Engine(ABC):
    """One engine serves every Context; each call names the database it is for.

    Values are plain Python, with NONE and NULL both as None, and the driver's types for what Python lacks: `RecordID`,
    `Duration`, `SurrealSet` and such; moments are aware datetimes in UTC. A value that the database has no room for is
    an `UnprocessableError`.

    All three verbs answer the results of the statements in order, one each, and raise for the first that failed:
    `DuplicateError` where a record id or a unique index is taken, `TransactionConflictError` when retries ran out,
    `ThrownError` where a statement gave up by THROW, `UnavailableError` while the database is away, `QueryError` for
    all else.
    """

    kind: str

    def __init__(self) -> None:
        self.stats = EngineStats()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @abstractmethod
    async def open(self) -> None:
        """Make the engine ready; `UnavailableError` says why it could not be."""

    @abstractmethod
    async def close(self) -> None:
        """Let what runs finish, then flush and release everything. Safe to call twice."""

    @abstractmethod
    async def read(self, binding: Binding, text: str, variables: Variables | None = None) -> list[Any]:
        """Run statements that change nothing; repeated by itself after a lost connection."""

    @abstractmethod
    async def write(
        self, binding: Binding, text: str, variables: Variables | None = None, *, repeatable: bool = False
    ) -> list[Any]:
        """Run statements as one transaction, retried as a whole when it loses against others.

        A `RETURN` outside of braces would end the transaction there, with what came before it committed: only the last
        statement may be one. Give up with `THROW`.

        With `repeatable` it is also run again when the connection is lost before its outcome is known; without, that
        raises `UnavailableError`.
        """

    @abstractmethod
    async def execute(self, binding: Binding | None, text: str, variables: Variables | None = None) -> list[Any]:
        """Run statements one by one, never repeated; for definitions and what cannot stand in a transaction."""

    @abstractmethod
    async def version(self) -> str:
        """Which version of the database this is, such as 3.2.4."""

    @abstractmethod
    async def forget(self) -> None:
        """Let go of what was read and is kept in memory: for the end of a work that has read very much."""

    @asynccontextmanager
    async def frozen(self, binding: Binding) -> AsyncIterator[Reader | None]:  # noqa: ARG002  # others need it
        """A reader that sees one moment of a database for as long as the block lasts; None if that is not on offer."""
        yield None

    async def create_database(self, binding: Binding) -> bool:
        """Create namespace and database where absent; True if the database is new."""
        present = binding.database in await self.databases(binding.namespace)
        await self.execute(
            None,
            f"DEFINE NAMESPACE IF NOT EXISTS `{binding.namespace}`; USE NS `{binding.namespace}`; "
            f"DEFINE DATABASE IF NOT EXISTS `{binding.database}`",
        )
        return not present

    async def drop_database(self, binding: Binding) -> None:
        """Remove a database with all it holds; the namespace stays."""
        await self.execute(None, f"USE NS `{binding.namespace}`; REMOVE DATABASE IF EXISTS `{binding.database}`")

    async def databases(self, namespace: str) -> set[str]:
        """The names of the databases in a namespace; none when the namespace does not exist."""
        Binding(namespace, "validated")
        (root,) = await self.execute(None, "INFO FOR ROOT")
        if namespace not in root["namespaces"]:
            return set()
        _, info = await self.execute(None, f"USE NS `{namespace}`; INFO FOR NS")
        return set(info["databases"])

    async def ping(self) -> None:
        """Answer, or raise `UnavailableError`."""
        await self.execute(None, "RETURN 1")


class Database:
    """One database of an engine, with the shortcuts that domains use."""

    def __init__(self, engine: Engine, binding: Binding) -> None:
        self.engine = engine
        self.binding = binding

    async def read(self, text: str, variables: Variables | None = None) -> list[Any]:
        return await self.engine.read(self.binding, text, variables)

    async def write(self, text: str, variables: Variables | None = None, *, repeatable: bool = False) -> list[Any]:
        return await self.engine.write(self.binding, text, variables, repeatable=repeatable)

    async def rows(self, text: str, variables: Variables | None = None) -> list[Row]:
        """The rows that the last statement of a read found."""
        found: list[Row] = (await self.read(text, variables))[-1]
        return found

    async def row(self, text: str, variables: Variables | None = None) -> Row | None:
        """The first of those rows, if any."""
        found = await self.rows(text, variables)
        return found[0] if found else None
