"""The rows behind Contexts: binding, overrides, provider keys, and who is at work on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from server.control.audit import CREATE as CREATE_AUDIT
from server.control.secrets import Cipher
from server.core.clock import Clock
from server.core.errors import ConflictError, ContextNotFoundError, DuplicateError
from server.store.binding import Binding
from server.store.engine import Database, Row

State = Literal["creating", "active", "deleting"]

SELECT = """SELECT *, record::id(id) AS id,
    (SELECT VALUE provider FROM provider_secret WHERE context_id = record::id($parent.id) ORDER BY provider)
    AS providers FROM """
REMOVE = """DELETE api_key WHERE context_id = $id;
DELETE provider_secret WHERE context_id = $id;
DELETE token_usage WHERE context_id = $id;
DELETE type::record('context', $id);"""
SET_PROVIDERS = """FOR $name IN $removed { DELETE type::record('provider_secret', [$id, $name]) RETURN NONE };
FOR $secret IN $sealed {
    UPSERT type::record('provider_secret', [$id, $secret.provider]) CONTENT {
        context_id: $id, provider: $secret.provider, ciphertext: $secret.ciphertext } RETURN NONE
};"""


@dataclass(frozen=True)
class Context:
    """One tenant as registered; `config` holds only what was set for it."""

    id: str
    binding: Binding
    state: State
    config: Mapping[str, Any]
    providers: tuple[str, ...]
    created_database: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class ProviderKeys:
    """Provider keys to set (encrypted) and to remove."""

    sealed: Mapping[str, bytes] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


class Registry:
    """Reads and writes the registry; every change carries its audit event in the same transaction."""

    def __init__(self, metadata: Database, cipher: Cipher, clock: Clock, *, holder: str, lease: timedelta) -> None:
        self._metadata = metadata
        self._cipher = cipher
        self._clock = clock
        self._holder = holder
        self._lease = lease

    async def get(self, context_id: str) -> Context:
        row = await self._metadata.row(f"{SELECT} type::record('context', $id)", {"id": context_id})
        if row is None:
            raise ContextNotFoundError(f"There is no Context {context_id!r}; `GET /api/v1/contexts` lists them.")
        return _context(row)

    async def page(self, *, after: str = "", limit: int) -> list[Context]:
        beyond = "WHERE id > type::record('context', $after)" if after else ""
        rows = await self._metadata.rows(
            f"{SELECT} context {beyond} ORDER BY id LIMIT $limit", {"after": after, "limit": limit}
        )
        return [_context(row) for row in rows]

    async def reserve(self, context_id: str, binding: Binding, config: Mapping[str, Any]) -> None:
        """Claim an id and a binding for the Context that is about to be made."""
        now = self._clock.now()
        try:
            await self._metadata.write(
                "CREATE type::record('context', $id) CONTENT $row RETURN NONE",
                {
                    "id": context_id,
                    "row": {
                        "namespace": binding.namespace,
                        "database": binding.database,
                        "config": dict(config),
                        "state": "creating",
                        "lease_holder": self._holder,
                        "lease_until": now + self._lease,
                        "created_at": now,
                        "updated_at": now,
                    },
                },
            )
        except DuplicateError as error:
            taken = await self._metadata.row("SELECT id FROM type::record('context', $id)", {"id": context_id})
            what = f"A Context {context_id!r} exists" if taken else f"The binding {binding} belongs to another Context"
            raise ConflictError(f"{what}; choose another.") from error

    async def database_is_ours(self, context_id: str) -> None:
        """Note that the database is about to be made for this Context, so that undoing drops it."""
        await self._metadata.write(
            "UPDATE type::record('context', $id) SET created_database = true RETURN NONE", {"id": context_id}
        )

    async def activate(self, context_id: str, providers: ProviderKeys, audit: Row) -> None:
        await self._metadata.write(
            f"""UPDATE type::record('context', $id) SET state = 'active', lease_holder = NONE, lease_until = NONE,
                updated_at = $now RETURN NONE; {SET_PROVIDERS} {CREATE_AUDIT}""",
            self._provider_variables(context_id, providers) | {"now": self._clock.now(), "audit": audit},
        )

    async def replace_config(
        self, seen: Context, config: Mapping[str, Any], providers: ProviderKeys, audit: Row
    ) -> bool:
        """Write new overrides unless the row has changed since it was seen; False if it has."""
        results = await self._metadata.write(
            f"""LET $changed = (UPDATE type::record('context', $id) SET config = $config, updated_at = $now
                WHERE updated_at = $seen AND state = 'active' RETURN VALUE true);
            IF array::len($changed) = 1 {{ {SET_PROVIDERS} {CREATE_AUDIT} }};
            array::len($changed) = 1""",
            self._provider_variables(seen.id, providers)
            | {"config": dict(config), "seen": seen.updated_at, "now": self._clock.now(), "audit": audit},
        )
        return bool(results[-1])

    async def mark_deleting(self, context_id: str) -> None:
        await self._metadata.write(
            "UPDATE type::record('context', $id) SET state = 'deleting', lease_holder = $holder, lease_until = $until "
            "RETURN NONE",
            {"id": context_id, "holder": self._holder, "until": self._clock.now() + self._lease},
        )

    async def remove(self, context_id: str, audit: Row | None = None) -> None:
        """Forget a Context with its keys; the database is the caller's to drop first."""
        await self._metadata.write(REMOVE + (CREATE_AUDIT if audit else ""), {"id": context_id, "audit": audit})

    async def abandoned(self) -> list[Context]:
        """Contexts half made or half deleted, whose worker is gone or was this process before it restarted."""
        rows = await self._metadata.rows(
            f"{SELECT} context WHERE state != 'active' AND (lease_until = NONE OR lease_until < $now)",
            {"now": self._clock.now()},
        )
        return [_context(row) for row in rows]

    async def expire_leases(self) -> None:
        """On an embedded engine no other process can hold a lease: what is half done is abandoned."""
        await self._metadata.write("UPDATE context SET lease_until = NONE WHERE lease_until != NONE RETURN NONE")

    def sealed(self, context_id: str, providers: Mapping[str, str | None]) -> ProviderKeys:
        """Encrypt provider keys for their row."""
        return ProviderKeys(
            {
                name: self._cipher.encrypt(key.encode(), f"{context_id}/{name}")
                for name, key in providers.items()
                if key is not None
            },
            tuple(name for name, key in providers.items() if key is None),
        )

    async def provider_key(self, context_id: str, provider: str) -> str | None:
        """The plain key of a provider, for the call that needs it."""
        row = await self._metadata.row(
            "SELECT ciphertext FROM type::record('provider_secret', [$id, $provider])",
            {"id": context_id, "provider": provider},
        )
        return self._cipher.decrypt(row["ciphertext"], f"{context_id}/{provider}").decode() if row else None

    @staticmethod
    def _provider_variables(context_id: str, providers: ProviderKeys) -> dict[str, Any]:
        sealed = [{"provider": name, "ciphertext": sealed} for name, sealed in providers.sealed.items()]
        return {"id": context_id, "sealed": sealed, "removed": list(providers.removed)}


def _context(row: Row) -> Context:
    return Context(
        id=row["id"],
        binding=Binding(row["namespace"], row["database"]),
        state=row["state"],
        config=row["config"],
        providers=tuple(row["providers"]),
        created_database=row["created_database"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
