"""Contexts out of what was saved of them: made in the dark, and in use only when all of it is there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from server.control import carried, config
from server.control.audit import Origin
from server.control.carried import Carried
from server.control.dumps import Adopter
from server.control.keys import Key, Keys, Minted
from server.control.lifecycle import Filled, Lifecycle
from server.control.naming import checked_binding, checked_context_id
from server.control.registry import Beginnings, Registry
from server.control.secrets import Cipher
from server.core.errors import UnprocessableError, ValidationError
from server.store.dumps.loading import Loaded, Loader
from server.store.engine import Database, Engine, Row
from server.store.migrations import Migration

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Part:
    """A part of what was saved: the `dump` of a Context, the `control` dump with what it had there, an `original`."""

    kind: str
    name: str
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True)
class Plan:
    """What is to be made; `copy_of` takes over what a Context has here beside its dump; the audit tells `source`."""

    context_id: str
    namespace: str
    database: str
    source: str | None = None
    copy_of: str | None = None


@dataclass(frozen=True)
class OriginalsFound:
    """How many documents there are, how many originals were stored now, and which are missing."""

    documents: int
    stored: int
    missing: Sequence[str]


@dataclass(frozen=True)
class Restored:
    """What a Context has been made of; the secrets of minted keys are known only now."""

    loaded: Loaded
    configured: bool
    providers: Sequence[str]
    unreadable: Sequence[str]
    kept_keys: Sequence[Key]
    minted: Sequence[Minted]
    originals: OriginalsFound


class Originals(Protocol):
    """The domain that knows where originals of documents lie."""

    async def keep(self, database: Database, document: str, pieces: AsyncIterator[bytes]) -> str | None: ...
    def copied(self, database: Database, former: str, context_id: str) -> AsyncIterator[str]: ...
    async def missing(self, context_id: str, database: Database) -> tuple[int, list[str]]: ...
    async def discard(self, keys: Sequence[str]) -> None: ...


class Restores:
    """Makes Contexts from their dumps, with the configuration, keys and originals that belong to them."""

    def __init__(
        self,
        registry: Registry,
        lifecycle: Lifecycle,
        engine: Engine,
        loader: Loader,
        migrations: Sequence[Migration],
        keys: Keys,
        cipher: Cipher,
        metadata: Database,
        *,
        defaults: Mapping[str, Any],
        adopters: Sequence[Adopter],
        originals: Sequence[Originals],
        filled: Callable[[Database], Awaitable[None]],
    ) -> None:
        """`adopters` and `originals` may still grow until the first restore."""
        self.registry = registry
        self.engine = engine
        self.loader = loader
        self.migrations = migrations
        self.keys = keys
        self.cipher = cipher
        self.metadata = metadata
        self.defaults = defaults
        self.adopters = adopters
        self.originals = originals
        self._lifecycle = lifecycle
        self._filled = filled

    async def restore(self, plan: Plan, parts: AsyncIterator[Part], origin: Origin) -> Restored:
        """Make the Context, whole or not at all; the last thing that happens is that it is in use."""
        checked_context_id(plan.context_id)
        binding = checked_binding(plan.namespace, plan.database)
        work = _Restoring(self, plan, Database(self.engine, binding), origin)
        await self._lifecycle.restore(plan.context_id, binding, lambda: work.fill(parts), work.abandon, origin)
        restored = work.restored()
        log.info("context.restored", context=plan.context_id, rows=restored.loaded.rows, keys=len(restored.minted))
        await self._filled(work.database)
        return restored


class _Restoring:
    """One restore at work."""

    def __init__(self, restores: Restores, plan: Plan, database: Database, origin: Origin) -> None:
        self._has = restores
        self._plan = plan
        self._origin = origin
        self._loaded: Loaded | None = None
        self._settings: Carried | None = None
        self._kept: list[str] = []
        self._providers: list[str] = []
        self._kept_keys: list[Row] = []
        self._minted: list[tuple[Row, str]] = []
        self._found = OriginalsFound(0, 0, ())
        self.database = database

    async def fill(self, parts: AsyncIterator[Part]) -> Filled:
        async for part in parts:
            await self._take(part)
        loaded = self._require_loaded()
        if former := self._plan.copy_of:
            self._settings = await carried.of_registry(self._has.registry, self._has.metadata, former)
            for originals in self._has.originals:
                async for key in originals.copied(self.database, former, self._plan.context_id):
                    self._kept.append(key)
        beginnings = await self._beginnings(loaded.header.context_id)
        for originals in self._has.originals:
            documents, missing = await originals.missing(self._plan.context_id, self.database)
            self._found = OriginalsFound(documents, len(self._kept), missing)
        told = {"source": self._plan.source, "former": loaded.header.context_id, "rows": loaded.rows}
        return Filled(beginnings, told | {"keys": [row["id"] for row in beginnings.keys]})

    async def abandon(self) -> None:
        """Take away what was stored outside the database."""
        for originals in self._has.originals:
            await originals.discard(self._kept)

    def restored(self) -> Restored:
        """What has come of it, once it is in use."""
        settings = self._settings
        return Restored(
            loaded=self._require_loaded(),
            configured=settings is not None,
            providers=self._providers,
            unreadable=settings.unreadable if settings else (),
            kept_keys=[Key.of(row) for row in self._kept_keys],
            minted=[Minted(Key.of(row), secret) for row, secret in self._minted],
            originals=self._found,
        )

    async def _take(self, part: Part) -> None:
        match part.kind:
            case "dump" if self._loaded is None:
                self._loaded = await self._load(part.pieces)
            case "control" if self._settings is None and not self._plan.copy_of:
                former = self._require_loaded().header.context_id or self._plan.context_id
                self._settings = await carried.of_dump(part.pieces, former, self._has.cipher)
            case "original":
                self._require_loaded()
                for originals in self._has.originals:
                    key = await originals.keep(self.database, part.name, part.pieces)
                    self._kept += [key] if key else []
            case _:
                raise UnprocessableError(
                    f"A part {part.kind[:40]!r} is not expected here: send one `dump`, then at most one `control`, "
                    "then any number of `original`."
                )

    async def _load(self, pieces: AsyncIterator[bytes]) -> Loaded:
        binding = self.database.binding
        loaded = await self._has.loader.load(binding, "context", self._has.migrations, pieces)
        former = loaded.header.context_id
        if former is not None and former != self._plan.context_id:
            for adopter in self._has.adopters:
                await adopter.adopt(self.database, former, self._plan.context_id)
        return loaded

    async def _beginnings(self, former: str | None) -> Beginnings:
        settings = self._settings or Carried({}, {}, (), ())
        try:
            overrides = config.patched(self._has.defaults, {}, settings.config)
        except ValidationError as error:
            raise UnprocessableError(f"The configuration that was saved is not valid here: {error.detail}") from error
        self._providers = sorted(settings.providers)
        for row in settings.keys:
            await self._take_key(row, same_context=former == self._plan.context_id)
        rows = [*self._kept_keys, *(row for row, _ in self._minted)]
        return Beginnings(overrides, self._has.registry.sealed(self._plan.context_id, settings.providers), rows)

    async def _take_key(self, row: Row, *, same_context: bool) -> None:
        """Keep a key whose text stays what it was; mint another like it where its text would name another Context."""
        if not self._has.keys.usable(row):
            return
        if same_context and self._has.keys.genuine(row["id"]):
            self._kept_keys.append(row)
        else:
            self._minted.append(await self._has.keys.another(row, self._plan.context_id, self._origin))

    def _require_loaded(self) -> Loaded:
        if self._loaded is None:
            raise UnprocessableError(
                "What was saved of a Context begins with its `dump`; nothing else comes before it."
            )
        return self._loaded
