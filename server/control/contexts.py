"""The life of a Context: made whole or not at all, migrated, changed, and removed with everything it owns."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

import structlog

from server.control import config as configuration
from server.control.audit import SYSTEM, AuditLog, Origin
from server.control.merge import leaves
from server.control.naming import checked_binding, checked_context_id
from server.control.registry import Context, Registry
from server.core.clock import Clock
from server.core.errors import ConflictError, ContextNotFoundError, SpectronError, UnavailableError
from server.store.binding import Binding
from server.store.engine import Database, Engine
from server.store.migrations import Migration, Migrator

PATCH_ATTEMPTS = 16
DRAIN_SECONDS = 10.0

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
class Open:
    """A Context that may be used now: its row, its configuration in force and its database."""

    context: Context
    config: configuration.ContextConfig
    database: Database


class Contexts:
    """Creates, opens, changes and deletes Contexts, and keeps their schema current."""

    def __init__(
        self,
        registry: Registry,
        engine: Engine,
        migrator: Migrator,
        migrations: Sequence[Migration],
        audit: AuditLog,
        clock: Clock,
        *,
        defaults: Mapping[str, Any],
        belongings: Sequence[Belongings] = (),
    ) -> None:
        self.registry = registry
        self._engine = engine
        self._migrator = migrator
        self._migrations = migrations
        self._audit = audit
        self._clock = clock
        self._defaults = defaults
        self._belongings = belongings
        self._in_use: Counter[str] = Counter()
        self._changing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.problems: dict[str, str] = {}
        configuration.validate(defaults)

    @property
    def schema_version(self) -> int:
        return max((migration.version for migration in self._migrations), default=0)

    def effective(self, context: Context) -> configuration.Effective:
        return configuration.effective(self._defaults, context.config)

    async def create(
        self, context_id: str, namespace: str, database: str, config: Mapping[str, Any], origin: Origin
    ) -> Context:
        """Make a Context; whatever fails on the way, nothing of it is left behind."""
        checked_context_id(context_id)
        binding = checked_binding(namespace, database)
        patch = configuration.split(config)
        overrides = configuration.patched({}, patch.config)
        return await _uninterrupted(self._create(context_id, binding, overrides, patch.providers, origin))

    async def update(self, context_id: str, document: Mapping[str, Any], origin: Origin) -> Context:
        """Merge a patch into a Context's configuration; concurrent patches all take effect."""
        patch = configuration.split(document)
        providers = self.registry.sealed(context_id, patch.providers)
        async with self._lock(context_id):
            for _ in range(PATCH_ATTEMPTS):
                seen = await self._active(context_id)
                overrides = configuration.patched(seen.config, patch.config)
                configuration.effective(self._defaults, overrides)
                audit = self._audit.event(
                    "config", "context.update", origin, context_id=context_id, detail=_names(document)
                )
                if await self.registry.replace_config(seen, overrides, providers, audit):
                    return await self.registry.get(context_id)
        raise ConflictError(f"The configuration of {context_id!r} keeps changing; read it and send the patch again.")

    async def delete(self, context_id: str, origin: Origin) -> None:
        """Drop the database, then forget the Context; a deletion cut short is finished at the next start."""
        async with self._lock(context_id):
            await _uninterrupted(self._delete(await self._active(context_id), origin))

    async def belongings(self, context: Context) -> dict[str, int]:
        """What the Context owns outside its database, by name."""
        counted: Counter[str] = Counter()
        for belonging in self._belongings:
            counted.update(await belonging.count(context.id))
        return dict(counted)

    @contextlib.asynccontextmanager
    async def opened(self, context_id: str) -> AsyncIterator[Open]:
        """Use a Context; it is not deleted before the block is left."""
        self._in_use[context_id] += 1
        try:
            context = await self._active(context_id)
            if context_id in self.problems:
                raise UnavailableError(f"The Context {context_id!r} is out of service: {self.problems[context_id]}")
            yield Open(context, self.effective(context).config, Database(self._engine, context.binding))
        finally:
            self._in_use[context_id] -= 1
            if not self._in_use[context_id]:
                del self._in_use[context_id]

    async def recover(self) -> None:
        """Undo half-made Contexts and finish half-deleted ones."""
        for context in await self.registry.abandoned():
            log.info("context.recover", context=context.id, state=context.state)
            if context.state == "creating":
                await self._undo(context.id, context.binding, drop=context.created_database)
            else:
                await self._delete(context, SYSTEM)

    async def migrate_all(self) -> None:
        """Bring every Context's schema up to date; one that fails is out of service, the others go on."""
        after = ""
        while page := await self.registry.page(after=after, limit=100):
            for context in page:
                if context.state == "active":
                    await self.migrate(context)
            after = page[-1].id

    async def migrate(self, context: Context) -> None:
        """Apply what is missing to one Context, and note whether it can be used."""
        try:
            applied = await self._migrator.apply(context.binding, self._migrations)
        except SpectronError as error:
            self.problems[context.id] = error.detail
            log.warning("context.migration_failed", context=context.id, reason=error.detail)
        else:
            self.problems.pop(context.id, None)
            if applied:
                log.info("context.migrated", context=context.id, versions=[one.version for one in applied])

    async def _create(
        self,
        context_id: str,
        binding: Binding,
        overrides: Mapping[str, Any],
        providers: Mapping[str, str | None],
        origin: Origin,
    ) -> Context:
        await self.registry.reserve(context_id, binding, overrides)
        created = False
        try:
            if binding.database not in await self._engine.databases(binding.namespace):
                await self.registry.database_is_ours(context_id)
                created = True
            await self._engine.create_database(binding)
            await self._migrator.apply(binding, self._migrations)
            audit = self._audit.event(
                "context", "context.create", origin, context_id=context_id, detail={"binding": str(binding)}
            )
            await self.registry.activate(context_id, self.registry.sealed(context_id, providers), audit)
        except BaseException:
            await self._undo(context_id, binding, drop=created)
            raise
        return await self.registry.get(context_id)

    async def _undo(self, context_id: str, binding: Binding, *, drop: bool) -> None:
        if drop:
            await self._engine.drop_database(binding)
        await self.registry.remove(context_id)

    async def _delete(self, context: Context, origin: Origin) -> None:
        await self.registry.mark_deleting(context.id)
        await self._drained(context.id)
        for belonging in self._belongings:
            await belonging.remove(context.id)
        await self._engine.drop_database(context.binding)
        audit = self._audit.event(
            "context", "context.delete", origin, context_id=context.id, detail={"binding": str(context.binding)}
        )
        await self.registry.remove(context.id, audit)
        self.problems.pop(context.id, None)

    async def _drained(self, context_id: str) -> None:
        deadline = self._clock.monotonic() + DRAIN_SECONDS
        while self._in_use[context_id] and self._clock.monotonic() < deadline:
            await self._clock.sleep(0.02)

    async def _active(self, context_id: str) -> Context:
        context = await self.registry.get(context_id)
        if context.state != "active":
            raise ContextNotFoundError(f"The Context {context_id!r} is {context.state}; it cannot be used now.")
        return context

    def _lock(self, context_id: str) -> asyncio.Lock:
        return self._changing.setdefault(context_id, asyncio.Lock())


async def _uninterrupted(work: Awaitable[T]) -> T:
    return await asyncio.shield(asyncio.ensure_future(work))


def _names(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a patch touches, without its values."""
    return {"keys": sorted(name for name, _ in leaves(document))}
