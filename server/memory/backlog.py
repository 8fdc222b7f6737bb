"""Turns that were stored but not understood, because the process died or a provider was away."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import structlog

from server.control.contexts import Contexts, Open
from server.core.clock import Clock
from server.core.errors import SpectronError
from server.core.ids import Ids
from server.memory.derivation import Derived
from server.memory.remembering import Remembering
from server.memory.tools import Toolbox
from server.memory.turns import Turn, Turns
from server.observe.traces import Trace, TraceLog

PAUSE_SECONDS = 15.0
OWN_GRACE = timedelta(seconds=5)
OTHERS_GRACE = timedelta(minutes=2)
BATCH = 100
PAGE = 100

log = structlog.get_logger(__name__)


class Backlog:
    """Works in what was left, at the start and every few seconds; what another process may be at is left to it."""

    def __init__(
        self,
        contexts: Contexts,
        turns: Turns,
        remembering: Remembering,
        toolbox: Toolbox,
        traces: TraceLog,
        clock: Clock,
        ids: Ids,
        *,
        alone: bool,
    ) -> None:
        """`alone` says that no other process works on the same databases."""
        self._contexts = contexts
        self._turns = turns
        self._remembering = remembering
        self._toolbox = toolbox
        self._traces = traces
        self._clock = clock
        self._ids = ids
        self._grace = OWN_GRACE if alone else OTHERS_GRACE
        self._alone = alone
        self._started_at: datetime | None = None

    async def run(self) -> None:
        """Sweep for ever; a Context that fails does not keep the others waiting."""
        self._started_at = self._clock.now()
        while True:
            await self.sweep()
            await self._clock.sleep(PAUSE_SECONDS)

    async def sweep(self) -> int:
        """Derive what can be derived in every Context; how many turns that were."""
        derived = 0
        try:
            async for context_id in self._context_ids():
                try:
                    async with self._contexts.opened(context_id) as opened:
                        derived += await self._work_off(opened)
                except SpectronError as error:
                    log.warning("backlog.stuck", context=context_id, reason=error.detail)
        except SpectronError as error:
            log.warning("backlog.stuck", reason=error.detail)
        return derived

    async def _work_off(self, opened: Open) -> int:
        derived = 0
        waiting = await self._turns.underived(opened.database, stored_before=self._left_before(), limit=BATCH)
        waiting = [turn for turn in waiting if not self._remembering.is_at(turn)]
        if not waiting:
            return 0
        tools = await self._toolbox.of(opened)
        for turn in waiting:
            began, spent = self._clock.monotonic(), opened.meter.tokens
            done = await self._remembering.derive(tools, turn)
            if done is not None:
                derived += 1
                self._trace(opened, turn, done, began, opened.meter.tokens - spent)
            elif not await self._settled(opened, turn):
                break
        if derived:
            log.info("backlog.derived", context=opened.context.id, turns=derived)
        return derived

    def _trace(self, opened: Open, turn: Turn, done: Derived, began: float, tokens: int) -> None:
        self._traces.record(
            opened.database,
            Trace(
                id=self._ids.id(),
                kind="turn.derive",
                query="derive what a turn states",
                scope=turn.scope,
                created_at=self._clock.now(),
                duration_ms=round((self._clock.monotonic() - began) * 1000, 3),
                model=opened.meter.model if tokens else None,
                written=done.counts | {"turn": turn.id},
                token_cost=tokens,
                session_id=turn.session_id,
            ),
        )

    def _left_before(self) -> datetime:
        """Whatever was stored until then was left; a process that is alone need not wait for what was before it."""
        before = self._clock.now() - self._grace
        return max(before, self._started_at) if self._alone and self._started_at else before

    async def _settled(self, opened: Open, turn: Turn) -> bool:
        """Whether somebody else derived it meanwhile; if not, a provider is away and the next turns would wait too."""
        row = await opened.database.row("SELECT extracted_at FROM $turn", {"turn": turn.record})
        return row is None or row.get("extracted_at") is not None

    async def _context_ids(self) -> AsyncIterator[str]:
        after = ""
        while page := await self._contexts.registry.page(after=after, limit=PAGE):
            for context in page:
                if context.state == "active":
                    yield context.id
            after = page[-1].id
