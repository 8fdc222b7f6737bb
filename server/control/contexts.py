"""Contexts: made, opened for requests, changed, migrated, and removed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import structlog

from server.control import config as configuration
from server.control.audit import AuditLog, Origin
from server.control.current import CurrentContexts
from server.control.in_use import InUse
from server.control.lifecycle import Lifecycle
from server.control.merge import leaves
from server.control.naming import checked_binding, checked_context_id
from server.control.registry import Context, Registry
from server.core.errors import ConflictError, ContextNotFoundError, SpectronError, UnavailableError
from server.models.usage import Meter
from server.store.engine import Database, Engine
from server.store.migrations import Migration, Migrator

PATCH_ATTEMPTS = 16
PAGE = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Open:
    """A Context that may be used now: its row, its configuration in force, its database, and what that use costs."""

    context: Context
    config: configuration.ContextConfig
    database: Database
    meter: Meter = field(default_factory=Meter)


class Contexts:
    """Opens and changes Contexts, and keeps their schema current."""

    def __init__(
        self,
        registry: Registry,
        lifecycle: Lifecycle,
        engine: Engine,
        migrator: Migrator,
        migrations: Sequence[Migration],
        audit: AuditLog,
        in_use: InUse,
        current: CurrentContexts,
        *,
        defaults: Mapping[str, Any],
    ) -> None:
        configuration.patched({}, {}, defaults)
        self.registry = registry
        self._lifecycle = lifecycle
        self._engine = engine
        self._migrator = migrator
        self._migrations = migrations
        self._audit = audit
        self._in_use = in_use
        self._current = current
        self._defaults = defaults
        self._changing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.problems: dict[str, str] = {}

    @property
    def schema_version(self) -> int:
        return max((migration.version for migration in self._migrations), default=0)

    def effective(self, context: Context) -> configuration.Effective:
        return configuration.effective(self._defaults, context.config)

    async def create(
        self, context_id: str, namespace: str, database: str, config: Mapping[str, Any], origin: Origin
    ) -> Context:
        """Make a Context, whole or not at all."""
        checked_context_id(context_id)
        binding = checked_binding(namespace, database)
        patch = configuration.split(config)
        overrides = configuration.patched(self._defaults, {}, patch.config)
        await self._lifecycle.make(context_id, binding, overrides, patch.providers or {}, origin)
        return await self.registry.get(context_id)

    async def update(self, context_id: str, document: Mapping[str, Any], origin: Origin) -> Context:
        """Merge a patch into a Context's configuration; concurrent patches all take effect."""
        patch = configuration.split(document)
        async with self._lock(context_id):
            for _ in range(PATCH_ATTEMPTS):
                seen = await self.active(context_id)
                overrides = configuration.patched(self._defaults, seen.config, patch.config)
                changed = dict.fromkeys(seen.providers) if patch.providers is None else patch.providers
                providers = self.registry.sealed(context_id, changed)
                audit = self._audit.event(
                    "config", "context.update", origin, context_id=context_id, detail=_names(document)
                )
                if await self.registry.replace_config(seen, overrides, providers, audit):
                    return await self.registry.get(context_id)
        raise ConflictError(f"The configuration of {context_id!r} keeps changing; read it and send the patch again.")

    async def delete(self, context_id: str, origin: Origin) -> None:
        """Remove a Context with everything it owns; the namespace stays."""
        async with self._lock(context_id):
            await self._lifecycle.unmake(await self.active(context_id), origin)
            self.problems.pop(context_id, None)

    async def recover(self) -> None:
        """Put right what is half made or half deleted."""
        await self._lifecycle.recover()

    async def belongings(self, context: Context) -> dict[str, int]:
        """What the Context owns outside its database, by name."""
        return await self._lifecycle.belongings(context.id)

    async def active(self, context_id: str) -> Context:
        """A Context that is neither being made nor changed nor removed, though it may be out of service."""
        return await self.registry.active(context_id)

    @asynccontextmanager
    async def opened(self, context_id: str) -> AsyncIterator[Open]:
        """Use a Context; it is not deleted before the block is left."""
        with self._in_use.entered(context_id):
            current = await self._current.get(context_id)
            if context_id in self.problems:
                raise UnavailableError(f"The Context {context_id!r} is out of service: {self.problems[context_id]}")
            yield Open(current.context, current.config, Database(self._engine, current.context.binding))

    async def migrate_all(self) -> None:
        """Bring every Context's schema up to date; one that fails is out of service, the others go on."""
        after = ""
        while page := await self.registry.page(after=after, limit=PAGE):
            for context in page:
                await self._migrate(context.id)
            after = page[-1].id

    async def migrate_failed(self) -> None:
        """Try again the Contexts that are out of service."""
        for context_id in list(self.problems):
            await self._migrate(context_id)

    async def _migrate(self, context_id: str) -> None:
        with self._in_use.entered(context_id):
            try:
                context = await self.active(context_id)
                applied = await self._migrator.apply(context.binding, self._migrations)
            except ContextNotFoundError:
                self.problems.pop(context_id, None)
            except SpectronError as error:
                self.problems[context_id] = error.detail
                log.warning("context.migration_failed", context=context_id, reason=error.detail)
            else:
                self.problems.pop(context_id, None)
                if applied:
                    log.info("context.migrated", context=context_id, versions=[one.version for one in applied])

    def _lock(self, context_id: str) -> asyncio.Lock:
        return self._changing.setdefault(context_id, asyncio.Lock())


def _names(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a patch touches, without its values."""
    return {"keys": sorted(name for name, _ in leaves(document))}
