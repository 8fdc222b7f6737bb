"""The parts of the control plane, put together."""

import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx

from server.control.audit import AuditLog
from server.control.authentication import Authenticator
from server.control.contexts import Contexts
from server.control.control_dumps import ControlDumps
from server.control.copying import Copies
from server.control.credentials import KeyIds
from server.control.current import CurrentContexts
from server.control.dumps import Adopter, ContextDumps
from server.control.hashing import Hasher
from server.control.in_use import InUse
from server.control.keys import Keys
from server.control.lifecycle import Belongings, Lifecycle
from server.control.models import ContextModels
from server.control.registry import Registry
from server.control.restoring import Originals, Restores
from server.control.secrets import Cipher, MasterKey, derived
from server.control.statistics import Statistics
from server.control.tokens import TokenLedger
from server.control.troubles import ModelTroubles
from server.control.verified import VerifiedKeys
from server.core.clock import Clock
from server.core.ids import Ids
from server.core.limits import RateLimiter
from server.models.local import LocalEmbedder
from server.models.registry import ModelRegistry
from server.observe.metrics import Metrics
from server.settings import Settings
from server.store.binding import METADATA, Binding
from server.store.dumps.exporting import Exporter
from server.store.dumps.loading import Loader
from server.store.engine import Database, Engine
from server.store.migrations import Migrator, load

LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Control:
    """What routes, domains and the composition root use."""

    metadata: Database
    cipher: Cipher
    audit: AuditLog
    contexts: Contexts
    dumps: ContextDumps
    own_dumps: ControlDumps
    restores: Restores
    copies: Copies
    keys: Keys
    authenticator: Authenticator
    statistics: Statistics
    ledger: TokenLedger
    models: ContextModels


def create_control(
    settings: Settings,
    root: MasterKey,
    engine: Engine,
    migrator: Migrator,
    exporter: Exporter,
    hasher: Hasher,
    http: Callable[[], httpx.AsyncClient],
    local: LocalEmbedder,
    metrics: Metrics,
    clock: Clock,
    ids: Ids,
    *,
    belongings: Sequence[Belongings],
    adopters: Sequence[Adopter],
    originals: Sequence[Originals],
    dropping: Callable[[Binding], Awaitable[None]],
    filled: Callable[[Database], Awaitable[None]],
) -> Control:
    """Everything; `belongings` may still grow until the first Context is deleted, `adopters` and `originals` until one
    comes in from elsewhere."""
    root_key = root.value
    cipher = Cipher(derived(root_key, "secrets at rest"))
    metadata = Database(engine, METADATA)
    audit = AuditLog(metadata, clock, ids)
    registry = Registry(metadata, cipher, clock, ids, lease=LEASE)
    verified = VerifiedKeys(secrets.token_bytes(32))
    key_ids = KeyIds(derived(root_key, "key ids"), ids)
    keys = Keys(metadata, hasher, audit, clock, ids, key_ids, verified)
    in_use = InUse(clock)
    migrations = load("context")
    lifecycle = Lifecycle(
        registry, engine, migrator, migrations, audit, clock, in_use, belongings=belongings, dropping=dropping
    )
    # Only where this process alone writes can a row be trusted that was read a moment ago.
    trusted_seconds = settings.key_recheck_seconds if engine.kind == "embedded" else 0.0
    current = CurrentContexts(registry, clock, settings.defaults, trusted_seconds=trusted_seconds)
    contexts = Contexts(
        registry, lifecycle, engine, migrator, migrations, audit, in_use, current, defaults=settings.defaults
    )
    statistics = Statistics(engine)
    loader = Loader(engine, migrator)
    dumps = ContextDumps(
        contexts,
        lifecycle,
        engine,
        exporter,
        loader,
        migrations,
        statistics,
        audit,
        in_use,
        adopters=adopters,
        filled=filled,
    )
    own_dumps = ControlDumps(
        contexts,
        engine,
        migrator,
        exporter,
        loader,
        load("control"),
        migrations,
        cipher,
        key_ids,
        audit,
        filled=filled,
    )
    restores = Restores(
        registry,
        lifecycle,
        engine,
        loader,
        migrations,
        keys,
        cipher,
        metadata,
        defaults=settings.defaults,
        adopters=adopters,
        originals=originals,
        filled=filled,
    )
    troubles = ModelTroubles(metrics)
    ledger = TokenLedger(metadata, RateLimiter(clock), clock, refused=troubles.refused)
    models = ModelRegistry(local, http=http, clock=clock, random=random.random, failed=troubles.failed)
    return Control(
        metadata=metadata,
        cipher=cipher,
        audit=audit,
        contexts=contexts,
        dumps=dumps,
        own_dumps=own_dumps,
        restores=restores,
        copies=Copies(contexts, lifecycle, exporter, restores),
        keys=keys,
        authenticator=Authenticator(
            keys,
            verified,
            hasher,
            RateLimiter(clock),
            clock,
            genuine=key_ids.genuine,
            recheck_seconds=settings.key_recheck_seconds,
            rejected_per_minute=settings.rejected_keys_per_minute,
        ),
        statistics=statistics,
        ledger=ledger,
        models=ContextModels(models, registry, ledger, troubles, provider_urls=settings.provider_urls),
    )
