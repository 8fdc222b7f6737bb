"""How a query is put together and tried again, the same for every engine."""

import random
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from server.core.clock import Clock
from server.core.errors import TransactionConflictError
from server.store.binding import Binding
from server.store.engine import Engine, Variables
from server.store.results import results_of, statements_of

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

    def _written(self) -> None:
        """Called after each query that may have written."""

    async def read(self, binding: Binding, text: str, variables: Variables | None = None) -> list[Any]:
        reply = await self._ask(f"{_use(binding)}\n{text}", variables or {}, repeatable=True)
        return results_of(_body(reply))

    async def write(
        self, binding: Binding, text: str, variables: Variables | None = None, *, repeatable: bool = False
    ) -> list[Any]:
        whole = f"{_use(binding)} BEGIN;\n{text}\n; COMMIT;"
        for attempt in range(ATTEMPTS):
            if attempt:
                self.stats.conflict_retries += 1
                await self._clock.sleep(self._jitter() * min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
            reply = await self._ask(whole, variables or {}, repeatable=repeatable)
            self._written()
            try:
                return results_of(_body(reply))[1:-1]
            except TransactionConflictError:
                continue
        raise TransactionConflictError(
            f"A transaction in {binding} lost against concurrent ones {ATTEMPTS} times in a row; try again later."
        )

    async def execute(self, binding: Binding | None, text: str, variables: Variables | None = None) -> list[Any]:
        if binding is None:
            reply = await self._ask(text, variables or {}, repeatable=False)
            self._written()
            return results_of(statements_of(reply))
        reply = await self._ask(f"{_use(binding)}\n{text}", variables or {}, repeatable=False)
        self._written()
        return results_of(_body(reply))


def _use(binding: Binding) -> str:
    return f"USE NS `{binding.namespace}` DB `{binding.database}`;"


def _body(reply: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The answers after the USE's own.

    A USE that creates its database may lose against another one that does the same, and says so; it is in force
    nevertheless and what follows it has run, so that only what follows tells whether the query worked.
    """
    return list(statements_of(reply)[1:])
