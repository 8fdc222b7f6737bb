"""An engine in between, that counts what it is asked and fails when a test says so."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from server.core.errors import UnavailableError
from server.store.binding import Binding
from server.store.engine import Engine, Variables

T = TypeVar("T")

Moment = Literal["before", "after"]


class WatchedEngine(Engine):
    """Passes everything on to another engine and outlives the servers that use it; who made that one closes it."""

    def __init__(self, inner: Engine) -> None:
        super().__init__()
        self.inner = inner
        self.kind = inner.kind
        self.stats = inner.stats
        self.asked: list[str] = []
        self._failing: range = range(0)
        self._moment: Moment = "before"
        self.intercept: Callable[[str], Awaitable[None]] | None = None

    def fail(self, first: int, calls: int = 1, moment: Moment = "before") -> None:
        """Let calls fail, counted from now on and beginning with 1: before they reach the database, or after."""
        self.asked.clear()
        self._failing = range(first, first + calls)
        self._moment = moment

    def heal(self) -> None:
        """Let everything through again."""
        self._failing = range(0)

    @property
    def failed(self) -> bool:
        """Whether a call has failed since the last `fail`."""
        return len(self.asked) >= self._failing.start

    async def open(self) -> None:
        await self.inner.open()

    async def close(self) -> None:
        """Left to whoever made the other engine."""

    async def version(self) -> str:
        return await self.inner.version()

    async def forget(self) -> None:
        await self.inner.forget()

    async def read(self, binding: Binding, text: str, variables: Variables | None = None) -> list[Any]:
        return await self._passed(text, lambda: self.inner.read(binding, text, variables))

    async def write(
        self, binding: Binding, text: str, variables: Variables | None = None, *, repeatable: bool = False
    ) -> list[Any]:
        return await self._passed(text, lambda: self.inner.write(binding, text, variables, repeatable=repeatable))

    async def execute(self, binding: Binding | None, text: str, variables: Variables | None = None) -> list[Any]:
        return await self._passed(text, lambda: self.inner.execute(binding, text, variables))

    async def _passed(self, text: str, call: Callable[[], Awaitable[T]]) -> T:
        self.asked.append(text)
        failing = len(self.asked) in self._failing
        if failing and self._moment == "before":
            raise UnavailableError("The database is away, because a test wants it so.")
        if self.intercept:
            await self.intercept(text)
        result = await call()
        if failing:
            raise UnavailableError("The connection was lost before the outcome was known, because a test wants it so.")
        return result
