"""The control plane out of one deployment and into a fresh one."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

import structlog

from server.control.audit import CREATE as CREATE_AUDIT
from server.control.audit import AuditLog, Origin
from server.control.contexts import Contexts
from server.control.credentials import KeyIds
from server.control.secrets import Cipher
from server.core.errors import ConflictError, UnavailableError, UnprocessableError
from server.store.binding import METADATA, RESERVED_NAMESPACE, Binding
from server.store.dumps.exporting import Exporter, Source
from server.store.dumps.loading import Loaded, Loader
from server.store.dumps.marks import PASSING, Form, Header, Trailer
from server.store.dumps.pages import Walk
from server.store.dumps.schema import Table, read_schema
from server.store.engine import Database, Engine, Variables
from server.store.migrations import Migration, Migrator

STAGING = Binding(RESERVED_NAMESPACE, "metadata_import")
SOURCE = Source(METADATA, "control", None)
# What has happened; there may be much of it, and nothing depends on it.
HISTORY = ("audit_event", "sweep", "token_usage")
KEYS = ("management_key", "api_key")
# Keys that are here keep their text and their name, unless one that comes in has it.
STAND_ASIDE = """LET $arriving = encoding::cbor::decode($management_keys);
DELETE management_key WHERE id IN $arriving.id;
UPDATE management_key SET name = name + ' ' + record::id(id) WHERE name IN $arriving.name RETURN NONE;"""

log = structlog.get_logger(__name__)


class ControlDumps:
    """Exports registry, keys, encrypted secrets, usage and audit; imports them where there is no Context yet.

    Keys and secrets are of use only under the master key that they were made with.
    """

    def __init__(
        self,
        contexts: Contexts,
        engine: Engine,
        migrator: Migrator,
        exporter: Exporter,
        loader: Loader,
        migrations: Sequence[Migration],
        context_migrations: Sequence[Migration],
        cipher: Cipher,
        key_ids: KeyIds,
        audit: AuditLog,
        *,
        filled: Callable[[Database], Awaitable[None]],
    ) -> None:
        self._contexts = contexts
        self._engine = engine
        self._migrator = migrator
        self._exporter = exporter
        self._loader = loader
        self._migrations = migrations
        self._context_migrations = context_migrations
        self._cipher = cipher
        self._key_ids = key_ids
        self._audit = audit
        self._filled = filled
        self._importing = False

    async def export(self, form: Form, origin: Origin) -> AsyncGenerator[bytes, None]:
        """A dump of the control plane as of one moment."""
        await self._audit.record(self._audit.event("export", "control.export", origin, detail={"rows": form}))
        async with aclosing(self._exporter.dump(SOURCE, form)) as pieces:
            async for piece in pieces:
                yield piece

    async def totals(self) -> tuple[Header, Trailer]:
        """What a dump of the control plane would say of itself."""
        return await self._exporter.totals(SOURCE)

    async def fill(self, pieces: AsyncIterator[bytes], origin: Origin) -> Loaded:
        """Take over a control plane; its Contexts get databases, which are empty unless they are there already."""
        if self._importing:
            raise ConflictError("Another import of the control plane is running; wait for it.")
        self._importing = True
        try:
            await self._require_fresh()
            loaded = await self._loader.load(STAGING, "control", self._migrations, pieces)
            await self._require_same_master_key()
            bindings = await self._prepare_databases()
            await self._take_over(origin)
        finally:
            self._importing = False
            await self._engine.drop_database(STAGING)
        log.info("control.imported", rows=loaded.rows, contexts=len(bindings))
        for binding in bindings:
            await self._filled(Database(self._engine, binding))
        return loaded

    async def clear(self) -> None:
        """Remove what an import that was cut short has left behind; none may be running."""
        await self._engine.drop_database(STAGING)

    async def _require_fresh(self) -> None:
        if await self._contexts.registry.page(limit=1):
            raise ConflictError(
                "This deployment has Contexts; a control plane is imported into a fresh one, with a data directory of "
                "its own."
            )

    async def _require_same_master_key(self) -> None:
        refused = UnprocessableError(
            "The dump was made under another master key, without which its keys and secrets are of no use: start this "
            "server with the master key of that deployment (SPECTRON_MASTER_KEY)."
        )
        # Keys outlive a master key that was lost, so that those of an earlier one may be among them.
        ids = [await self._staged.read(f"SELECT VALUE record::id(id) FROM {table}") for table in KEYS]
        if not any(self._key_ids.genuine(key_id) for found in ids for key_id in found[0]):
            raise refused
        for secret in await self._staged.rows("SELECT context_id, provider, ciphertext FROM provider_secret"):
            try:
                self._cipher.decrypt(secret["ciphertext"], f"{secret['context_id']}/{secret['provider']}")
            except UnavailableError as error:
                raise refused from error

    async def _prepare_databases(self) -> list[Binding]:
        rows = await self._staged.rows("SELECT namespace, database FROM context WHERE state = 'active'")
        bindings = [Binding(row["namespace"], row["database"]) for row in rows]
        for binding in bindings:
            await self._engine.create_database(binding)
            await self._migrator.apply(binding, self._context_migrations)
        return bindings

    async def _take_over(self, origin: Origin) -> None:
        """Bring what has happened first, piece by piece; what decides anything comes in one transaction."""
        tables = [table for table in (await read_schema(self._read)).tables if table.name not in PASSING["control"]]
        metadata = Database(self._engine, METADATA)
        for table in tables:
            if table.name in HISTORY:
                await metadata.write(f"DELETE {table.name} RETURN NONE")
                async for data in self._encoded(table):
                    await metadata.write(f"{table.insert} encoding::cbor::decode($rows) RETURN NONE", {"rows": data})
        (keys,) = await self._staged.read("RETURN encoding::cbor::encode((SELECT id, name FROM management_key))")
        audit = self._audit.event("import", "control.import", origin)
        statements, variables = [STAND_ASIDE, CREATE_AUDIT], {"management_keys": keys, "audit": audit}
        for table in tables:
            if table.name not in {*HISTORY, "_migrations"}:
                async for data in self._encoded(table):
                    name = f"rows_{len(variables)}"
                    statements.append(f"{table.insert} encoding::cbor::decode(${name}) RETURN NONE;")
                    variables[name] = data
        await metadata.write("\n".join(statements), variables)

    async def _encoded(self, table: Table) -> AsyncIterator[bytes]:
        async for page in Walk(self._read).of(table, text=False):
            yield page.data

    @property
    def _staged(self) -> Database:
        return Database(self._engine, STAGING)

    async def _read(self, text: str, variables: Variables) -> list[Any]:
        return await self._engine.read(STAGING, text, variables)
