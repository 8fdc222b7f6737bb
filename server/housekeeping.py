"""What a running server does beside answering: it writes what it has counted, and takes up what was left undone."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from server.control.parts import Control
from server.core.clock import Clock
from server.core.errors import SpectronError
from server.index.search import Index
from server.observe.traces import TraceLog
from server.store.engine import Database, Engine

EVERY_SECONDS = 5.0
PAGE = 100

log = structlog.get_logger(__name__)


class Housekeeping:
    """Chores whose failure is reported and put right in the next round."""

    def __init__(self, engine: Engine, control: Control, index: Index, traces: TraceLog, clock: Clock) -> None:
        self._engine = engine
        self._control = control
        self._index = index
        self._traces = traces
        self._clock = clock

    async def run(self) -> None:
        """Go round for ever."""
        while True:
            await self._clock.sleep(EVERY_SECONDS)
            await self.flush()
            await _reported("recover", self._control.contexts.recover)
            if self._control.contexts.problems:
                await _reported("migrate", self._control.contexts.migrate_failed)

    async def follow_databases(self) -> None:
        """Let the index catch up with every Context, so that none begins to when somebody is waiting for an answer."""
        await _reported("follow databases", self._follow_databases)

    async def flush(self) -> None:
        """Write what is counted in memory."""
        await _reported("flush audit", self._control.audit.flush)
        await _reported("flush keys", self._control.authenticator.flush)
        await _reported("flush tokens", self._control.ledger.flush)

    async def finish(self) -> None:
        """Write everything that is still in memory."""
        await _reported("flush traces", self._traces.flush)
        await self.flush()

    async def _follow_databases(self) -> None:
        after = ""
        while page := await self._control.contexts.registry.page(after=after, limit=PAGE):
            await self._index.open(Database(self._engine, one.binding) for one in page if one.state == "active")
            after = page[-1].id


async def _reported(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await work()
    except SpectronError as error:
        log.warning("housekeeping.failed", task=name, reason=error.detail)
