"""Whole Contexts out of this deployment and into it."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Protocol

import structlog

from server.control.audit import AuditLog, Origin
from server.control.contexts import Contexts
from server.control.in_use import InUse
from server.control.lifecycle import Lifecycle
from server.control.registry import Context
from server.control.statistics import Statistics
from server.core.errors import ConflictError
from server.store.dumps.exporting import Exporter, Source
from server.store.dumps.loading import Loaded, Loader
from server.store.dumps.marks import PASSING, Form, Header, Trailer
from server.store.engine import Database, Engine
from server.store.migrations import Migration

SHOWN = 5

log = structlog.get_logger(__name__)


class Adopter(Protocol):
    """A domain whose rows name the Context that they belong to."""

    async def adopt(self, database: Database, former: str, context_id: str) -> None:
        """Let rows that came from the Context `former` belong to another one."""
        ...


class ContextDumps:
    """Exports Contexts that are in use, and fills empty ones from a dump, wholly or not at all."""

    def __init__(
        self,
        contexts: Contexts,
        lifecycle: Lifecycle,
        engine: Engine,
        exporter: Exporter,
        loader: Loader,
        migrations: Sequence[Migration],
        statistics: Statistics,
        audit: AuditLog,
        in_use: InUse,
        *,
        adopters: Sequence[Adopter],
        filled: Callable[[Database], Awaitable[None]],
    ) -> None:
        """`adopters` may still grow until the first import; `filled` is awaited when a Context is in use again."""
        self._contexts = contexts
        self._lifecycle = lifecycle
        self._engine = engine
        self._exporter = exporter
        self._loader = loader
        self._migrations = migrations
        self._statistics = statistics
        self._audit = audit
        self._in_use = in_use
        self._adopters = adopters
        self._filled = filled

    async def export(self, context_id: str, form: Form, origin: Origin) -> AsyncGenerator[bytes, None]:
        """A dump of a Context as of one moment, in pieces; also of one that is out of service."""
        with self._in_use.entered(context_id):
            context = await self._contexts.active(context_id)
            await self._audit.record(
                self._audit.event("export", "context.export", origin, context_id=context_id, detail={"rows": form})
            )
            async with aclosing(self._exporter.dump(_source(context), form)) as pieces:
                async for piece in pieces:
                    yield piece

    async def totals(self, context_id: str) -> tuple[Header, Trailer]:
        """What a dump of a Context would say of itself."""
        with self._in_use.entered(context_id):
            return await self._exporter.totals(_source(await self._contexts.active(context_id)))

    async def fill(self, context_id: str, pieces: AsyncIterator[bytes], origin: Origin) -> Loaded:
        """Load a dump into an empty Context, which nobody can use meanwhile."""
        context = await self._contexts.active(context_id)
        await self._require_empty(context)
        loaded = await self._lifecycle.refill(
            context, lambda: self._require_empty(context), lambda: self._load(context, pieces), origin
        )
        log.info("context.imported", context=context_id, rows=loaded.rows, bytes=loaded.bytes)
        await self._filled(Database(self._engine, context.binding))
        return loaded

    async def _load(self, context: Context, pieces: AsyncIterator[bytes]) -> Loaded:
        loaded = await self._loader.load(context.binding, "context", self._migrations, pieces)
        former = loaded.header.context_id
        if former is not None and former != context.id:
            for adopter in self._adopters:
                await adopter.adopt(Database(self._engine, context.binding), former, context.id)
        return loaded

    async def _require_empty(self, context: Context) -> None:
        counted = await self._statistics.tables(context)
        filled = {table: rows for table, rows in counted.items() if rows and table not in PASSING["context"]}
        if filled:
            named = ", ".join(f"{table} ({rows})" for table, rows in sorted(filled.items())[:SHOWN])
            raise ConflictError(
                f"The Context {context.id!r} is not empty: it has rows in {named}. Import into a new Context."
            )


def _source(context: Context) -> Source:
    return Source(context.binding, "context", context.id)
