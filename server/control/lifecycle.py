"""How a Context comes into being, whole or not at all, and how it goes with everything it owns."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import structlog

from server.control.audit import SYSTEM, AuditLog, Origin
from server.control.in_use import InUse
from server.control.registry import Beginnings, Context, Hold, Registry
from server.core.clock import Clock
from server.core.errors import ConflictError, ContextNotFoundError, SpectronError
from server.store.binding import Binding
from server.store.engine import Engine, Row
from server.store.migrations import Migration, Migrator

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Belongings(Protocol):
    """Something a Context owns outside its own database: its queued jobs, its objects in the store."""

    async def count(self, context_id: str) -> Mapping[str, int]:
        """What there is, by name."""
        ...

    async def remove(self, context_id: str) -> None:
        """Take all of it away; called again after a crash, so it must not mind that some is gone."""
        ...


@dataclass(frozen=True)
class Filled:
    """What a Context begins with in the control plane, and what its audit tells besides."""

    beginnings: Beginnings
    told: Mapping[str, object] = field(default_factory=dict)


class Lifecycle:
    """Makes and unmakes Contexts; what a failure or a crash leaves half done is put right by `recover`."""

    def __init__(
        self,
        registry: Registry,
        engine: Engine,
        migrator: Migrator,
        migrations: Sequence[Migration],
        audit: AuditLog,
        clock: Clock,
        in_use: InUse,
        *,
        belongings: Sequence[Belongings] = (),
        dropping: Callable[[Binding], Awaitable[None]] | None = None,
    ) -> None:
        """`dropping` is awaited before a database goes, so that nothing which waits to be written makes it again."""
        self._registry = registry
        self._engine = engine
        self._migrator = migrator
        self._migrations = migrations
        self._audit = audit
        self._clock = clock
        self._in_use = in_use
        self._belongings = belongings
        self._dropping = dropping

    async def make(
        self,
        context_id: str,
        binding: Binding,
        overrides: Mapping[str, object],
        providers: Mapping[str, str | None],
        origin: Origin,
    ) -> None:
        """Make a Context; whatever fails on the way, nothing of it is left behind."""

        async def filled() -> Filled:
            await self._migrator.apply(binding, self._migrations)
            return Filled(Beginnings(overrides, self._registry.sealed(context_id, providers)))

        await _uninterrupted(self._make(context_id, binding, "create", filled, origin))

    async def restore(
        self,
        context_id: str,
        binding: Binding,
        fill: Callable[[], Awaitable[Filled]],
        abandon: Callable[[], Awaitable[None]],
        origin: Origin,
    ) -> None:
        """Make a Context of what `fill` puts into its new database, seen by nobody before all of it is there.

        Where that fails nothing is left behind; `abandon` takes away what `fill` has put anywhere else.
        """
        await _uninterrupted(self._make(context_id, binding, "restore", fill, origin, abandon=abandon, anew=True))

    async def unmake(self, context: Context, origin: Origin) -> None:
        """Drop the database, then forget the Context; a deletion cut short is finished later."""
        await _uninterrupted(self._delete(context, origin))

    async def refill(
        self,
        context: Context,
        require_empty: Callable[[], Awaitable[None]],
        fill: Callable[[], Awaitable[T]],
        origin: Origin,
    ) -> T:
        """Close a Context to everybody and let `fill` make its database anew; if that fails the Context is empty.

        `require_empty` raises if there is anything that would be lost; then everything stays as it was.
        """
        return await _uninterrupted(self._refill(context, require_empty, fill, origin))

    async def still(self, context: Context, work: Callable[[], Awaitable[T]]) -> T:
        """Close a Context to everybody while `work` reads it; then it is in use again, as it was."""
        return await _uninterrupted(self._still(context, work))

    async def recover(self) -> None:
        """Undo half-made Contexts and imports, and finish half-deleted ones; one that resists stops no others."""
        for context in await self._registry.abandoned():
            try:
                await _uninterrupted(self._recover(context))
            except SpectronError as error:
                log.warning("context.recover_failed", context=context.id, reason=error.detail)

    async def belongings(self, context_id: str) -> dict[str, int]:
        """What a Context owns outside its database, by name."""
        counted: Counter[str] = Counter()
        for belonging in self._belongings:
            counted.update(await belonging.count(context_id))
        return dict(counted)

    async def _make(
        self,
        context_id: str,
        binding: Binding,
        action: str,
        fill: Callable[[], Awaitable[Filled]],
        origin: Origin,
        *,
        abandon: Callable[[], Awaitable[None]] | None = None,
        anew: bool = False,
    ) -> None:
        hold = self._registry.hold(context_id)
        async with self._kept(hold):
            created = False
            try:
                await self._registry.reserve(hold, binding)
                created = await self._ours(hold, binding, anew=anew)
                await self._engine.create_database(binding)
                filled = await fill()
                audit = self._event(action, context_id, binding, origin, filled.told)
                await self._registry.activate(hold, filled.beginnings, audit)
            except BaseException:
                await self._undone(hold, binding, drop=created, abandon=abandon)
                raise

    async def _ours(self, hold: Hold, binding: Binding, *, anew: bool) -> bool:
        """Whether the database is to be made, noted before it is; with `anew` it must be."""
        if binding.database not in await self._engine.databases(binding.namespace):
            await self._registry.database_is_ours(hold)
            return True
        if anew:
            raise ConflictError(f"There is a database {binding}, and nothing is restored over it; choose another.")
        return False

    async def _undone(
        self, hold: Hold, binding: Binding, *, drop: bool, abandon: Callable[[], Awaitable[None]] | None
    ) -> None:
        """Undo on the way out of a failure, which is what the caller hears of; `recover` does what is left."""
        try:
            await self._undo(hold, binding, drop=drop, abandon=abandon)
        except SpectronError as error:
            log.warning("context.undo_failed", context=hold.context_id, reason=error.detail)

    async def _undo(
        self, hold: Hold, binding: Binding, *, drop: bool, abandon: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        if await self._registry.renew(hold):
            if abandon:
                await abandon()
            if drop:
                await self._engine.drop_database(binding)
            await self._registry.remove(hold)

    async def _refill(
        self,
        context: Context,
        require_empty: Callable[[], Awaitable[None]],
        fill: Callable[[], Awaitable[T]],
        origin: Origin,
    ) -> T:
        hold = self._registry.hold(context.id)
        if not await self._registry.start_closing(hold):
            raise ConflictError(f"The Context {context.id!r} is not in use now; another import may be running.")
        async with self._kept(hold):
            try:
                await self._in_use.drained(context.id)
                if self._dropping:
                    await self._dropping(context.binding)
                await require_empty()
                await self._registry.start_importing(hold)
                filled = await fill()
                await self._registry.reopen(hold, self._event("import", context.id, context.binding, origin))
            except BaseException:
                await self._emptied(hold)
                raise
        return filled

    async def _still(self, context: Context, work: Callable[[], Awaitable[T]]) -> T:
        hold = self._registry.hold(context.id)
        if not await self._registry.start_closing(hold):
            raise ConflictError(f"The Context {context.id!r} is not in use now; something else works on it.")
        async with self._kept(hold):
            try:
                await self._in_use.drained(context.id)
                return await work()
            finally:
                await self._registry.reopen(hold)

    async def _emptied(self, hold: Hold) -> None:
        """Undo an import on the way out of its failure; `recover` does what is left."""
        try:
            await self._empty(await self._registry.get(hold.context_id), hold)
        except SpectronError as error:
            log.warning("context.empty_failed", context=hold.context_id, reason=error.detail)

    async def _empty(self, context: Context, hold: Hold) -> None:
        if await self._registry.renew(hold):
            if context.state == "importing":
                await self._engine.drop_database(context.binding)
                await self._engine.create_database(context.binding)
                await self._migrator.apply(context.binding, self._migrations)
            await self._registry.reopen(hold)

    async def _delete(self, context: Context, origin: Origin) -> None:
        hold = self._registry.hold(context.id)
        if not await self._registry.start_deleting(hold):
            raise ContextNotFoundError(f"The Context {context.id!r} is being deleted already.")
        async with self._kept(hold):
            await self._unmake(hold, context, origin)

    async def _unmake(self, hold: Hold, context: Context, origin: Origin) -> None:
        await self._in_use.drained(context.id)
        for belonging in self._belongings:
            await belonging.remove(context.id)
        if self._dropping:
            await self._dropping(context.binding)
        if not await self._registry.renew(hold):
            raise ConflictError(f"Another process has taken over deleting the Context {context.id!r}; wait for it.")
        await self._engine.drop_database(context.binding)
        await self._registry.remove(hold, self._event("delete", context.id, context.binding, origin))

    async def _recover(self, abandoned: Context) -> None:
        hold = self._registry.hold(abandoned.id)
        if not await self._registry.claim(hold, abandoned):
            return
        async with self._kept(hold):
            context = await self._registry.get(abandoned.id)
            log.info("context.recover", context=context.id, state=context.state)
            if context.state == "creating":
                await self._undo(hold, context.binding, drop=context.created_database)
            elif context.state in {"closing", "importing"}:
                await self._empty(context, hold)
            else:
                await self._unmake(hold, context, SYSTEM)

    @asynccontextmanager
    async def _kept(self, hold: Hold) -> AsyncIterator[None]:
        """Renew a hold while the block works, however long that takes."""
        renewing = asyncio.create_task(self._renew(hold))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})

    async def _renew(self, hold: Hold) -> None:
        while True:
            await self._clock.sleep(self._registry.lease.total_seconds() / 3)
            try:
                await self._registry.renew(hold)
            except SpectronError as error:
                log.warning("context.renew_failed", context=hold.context_id, reason=error.detail)

    def _event(
        self, action: str, context_id: str, binding: Binding, origin: Origin, told: Mapping[str, object] | None = None
    ) -> Row:
        detail = {"binding": str(binding), **(told or {})}
        return self._audit.event("context", f"context.{action}", origin, context_id=context_id, detail=detail)


async def _uninterrupted(work: Awaitable[T]) -> T:
    """A request that is given up must not leave a Context half made; its work goes on without it."""
    return await asyncio.shield(asyncio.ensure_future(work))
