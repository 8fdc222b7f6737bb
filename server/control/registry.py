"""The rows behind Contexts: binding, overrides, provider keys, and who is at work on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from server.control.audit import CREATE as CREATE_AUDIT
from server.control.secrets import Cipher
from server.core.clock import Clock
from server.core.errors import ConflictError, ContextNotFoundError, DuplicateError, ThrownError
from server.core.ids import Ids
from server.store.binding import Binding
from server.store.engine import Database, Row

State = Literal["creating", "active", "closing", "importing", "deleting"]

SELECT = """SELECT *, record::id(id) AS id,
    (SELECT VALUE provider FROM provider_secret WHERE context_id = record::id($parent.id) ORDER BY provider)
    AS providers FROM """
LOST = "hold-lost"
REMOVE = """DELETE api_key WHERE context_id = $id;
DELETE provider_secret WHERE context_id = $id;
DELETE token_usage WHERE context_id = $id;
DELETE type::record('context', $id);"""
SET_PROVIDERS = """FOR $name IN $removed { DELETE type::record('provider_secret', [$id, $name]) RETURN NONE };
FOR $secret IN $sealed {
    UPSERT type::record('provider_secret', [$id, $secret.provider]) SET context_id = $id, provider = $secret.provider,
        ciphertext = $secret.ciphertext, created_at = $now RETURN NONE
};"""

SET_KEYS = """FOR $key IN $keys {
    CREATE type::record('api_key', $key.id) CONTENT object::extend(object::remove($key.row, 'id'), {
        context_id: $id,
        created_at: array::max([$key.row.created_at, type::record('context', $id).created_at]) }) RETURN NONE
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
class Hold:
    """The right to make or to unmake one Context, for as long as it is renewed; nobody else touches it meanwhile."""

    context_id: str
    token: str


@dataclass(frozen=True)
class Beginnings:
    """What a Context begins with: its overrides, provider keys, and rows of API keys with their ids."""

    overrides: Mapping[str, Any]
    providers: "ProviderKeys"
    keys: Sequence[Row] = ()


@dataclass(frozen=True)
class ProviderKeys:
    """Provider keys to set (encrypted) and to remove."""

    sealed: Mapping[str, bytes] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


class Registry:
    """Reads and writes the registry; every change carries its audit event in the same transaction."""

    def __init__(self, metadata: Database, cipher: Cipher, clock: Clock, ids: Ids, *, lease: timedelta) -> None:
        self._metadata = metadata
        self._cipher = cipher
        self._clock = clock
        self._ids = ids
        self.lease = lease
        # Grows with every change that this process has made or tried to make.
        self.changes = 0

    async def get(self, context_id: str) -> Context:
        row = await self._metadata.row(f"{SELECT} type::record('context', $id)", {"id": context_id})
        if row is None:
            raise ContextNotFoundError(f"There is no Context {context_id[:80]!r}; `GET /api/v1/contexts` lists them.")
        return _context(row)

    async def active(self, context_id: str) -> Context:
        """A Context that is neither being made nor changed nor removed."""
        context = await self.get(context_id)
        if context.state != "active":
            raise ContextNotFoundError(f"The Context {context_id!r} is {context.state}; it cannot be used now.")
        return context

    async def page(self, *, after: str = "", limit: int) -> list[Context]:
        beyond = "WHERE id > type::record('context', $after)" if after else ""
        rows = await self._metadata.rows(
            f"{SELECT} context {beyond} ORDER BY id LIMIT $limit", {"after": after, "limit": limit}
        )
        return [_context(row) for row in rows]

    def hold(self, context_id: str) -> Hold:
        """A name for the right that `reserve`, `claim` and `start_deleting` may win."""
        return Hold(context_id, self._ids.id())

    async def reserve(self, hold: Hold, binding: Binding) -> None:
        """Take an id and a binding for the Context that is about to be made."""
        now = self._clock.now()
        row = {
            "namespace": binding.namespace,
            "database": binding.database,
            "state": "creating",
            "lease_holder": hold.token,
            "lease_until": now + self.lease,
            "created_at": now,
            "updated_at": now,
        }
        try:
            await self._write(
                "CREATE type::record('context', $id) CONTENT $row RETURN NONE", {"id": hold.context_id, "row": row}
            )
        except DuplicateError as error:
            taken = await self._metadata.row("SELECT id FROM type::record('context', $id)", {"id": hold.context_id})
            exists, bound = f"A Context {hold.context_id!r} exists", f"The binding {binding} belongs to another Context"
            what = exists if taken else bound
            raise ConflictError(f"{what}; choose another.") from error

    async def claim(self, hold: Hold, seen: Context) -> bool:
        """Take over what its holder abandoned; False if somebody else was quicker, or it is not abandoned after all."""
        return await self._taken(
            hold, "state = $state AND (lease_until = NONE OR lease_until < $now)", {"state": seen.state}
        )

    async def start_deleting(self, hold: Hold) -> bool:
        """Put a Context out of use; False if it was not in use."""
        return await self._taken(hold, "state = 'active'", {}, "state = 'deleting',")

    async def start_closing(self, hold: Hold) -> bool:
        """Put a Context out of use for a while, with all it holds; False if it was not in use."""
        return await self._taken(hold, "state = 'active'", {}, "state = 'closing',")

    async def start_importing(self, hold: Hold) -> None:
        """Say of a closed Context that its database may be thrown away, because it is about to be filled anew."""
        await self._changed(
            hold, "UPDATE type::record('context', $id) SET state = 'importing' RETURN NONE;", {}, repeatable=True
        )

    async def reopen(self, hold: Hold, audit: Row | None = None) -> None:
        """Put a Context into use again; the token stays, so that doing it twice changes nothing."""
        await self._changed(
            hold,
            f"""IF type::record('context', $id).state IN ['closing', 'importing'] {{
                UPDATE type::record('context', $id) SET state = 'active', lease_until = NONE RETURN NONE;
                {CREATE_AUDIT if audit else ""}
            }};""",
            {"audit": audit},
            repeatable=True,
        )

    async def renew(self, hold: Hold) -> bool:
        """Go on holding a Context that is half made or half deleted; False if that right was lost."""
        return await self._taken(hold, "state != 'active' AND lease_holder = $holder", {})

    async def database_is_ours(self, hold: Hold) -> None:
        """Note that the database is about to be made for this Context, so that undoing drops it."""
        await self._changed(
            hold, "UPDATE type::record('context', $id) SET created_database = true RETURN NONE;", {}, repeatable=True
        )

    async def activate(self, hold: Hold, beginnings: Beginnings, audit: Row) -> None:
        """Put a Context that was made into use; the token stays, so that doing it twice changes nothing.

        No key is older than its Context: that tells its keys from those of an earlier one of the same id.
        """
        await self._changed(
            hold,
            f"""IF type::record('context', $id).state = 'creating' {{
                UPDATE type::record('context', $id) SET state = 'active', lease_until = NONE, updated_at = $now,
                    config = $config RETURN NONE;
                {SET_PROVIDERS} {SET_KEYS} {CREATE_AUDIT}
            }};""",
            _provider_variables(beginnings.providers)
            | {
                "config": dict(beginnings.overrides),
                "keys": [{"id": row["id"], "row": row} for row in beginnings.keys],
                "now": self._clock.now(),
                "audit": audit,
            },
            repeatable=True,
        )

    async def replace_config(
        self, seen: Context, config: Mapping[str, Any], providers: ProviderKeys, audit: Row
    ) -> bool:
        """Write new overrides unless the row has changed since it was seen; False if it has."""
        results = await self._write(
            f"""LET $changed = (UPDATE type::record('context', $id) SET config = $config,
                updated_at = array::max([$now, updated_at + 1us])
                WHERE updated_at = $seen AND state = 'active' RETURN VALUE true);
            IF array::len($changed) = 1 {{ {SET_PROVIDERS} {CREATE_AUDIT} }};
            array::len($changed) = 1""",
            _provider_variables(providers)
            | {
                "id": seen.id,
                "config": dict(config),
                "seen": seen.updated_at,
                "now": self._clock.now(),
                "audit": audit,
            },
        )
        return bool(results[-1])

    async def remove(self, hold: Hold, audit: Row | None = None) -> None:
        """Forget a Context with its keys; the database is the caller's to drop first."""
        await self._changed(hold, REMOVE + (CREATE_AUDIT if audit else ""), {"audit": audit})

    async def abandoned(self) -> list[Context]:
        """Contexts half made or half deleted whose holder has not renewed its right for too long."""
        rows = await self._metadata.rows(
            f"{SELECT} context WHERE state != 'active' AND (lease_until = NONE OR lease_until < $now)",
            {"now": self._clock.now()},
        )
        return [_context(row) for row in rows]

    async def expire_leases(self) -> None:
        """On an embedded engine no other process can hold a lease: what is half done is abandoned."""
        await self._write("UPDATE context SET lease_until = NONE WHERE lease_until != NONE RETURN NONE")

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

    async def _write(self, text: str, variables: Row | None = None, *, repeatable: bool = False) -> list[Any]:
        try:
            return await self._metadata.write(text, variables, repeatable=repeatable)
        finally:
            self.changes += 1

    async def _taken(self, hold: Hold, condition: str, values: Row, assignments: str = "") -> bool:
        now = self._clock.now()
        (taken,) = await self._write(
            f"""UPDATE type::record('context', $id) SET {assignments} lease_holder = $holder, lease_until = $until
                WHERE {condition} RETURN VALUE true""",
            values | {"id": hold.context_id, "holder": hold.token, "now": now, "until": now + self.lease},
        )
        return bool(taken)

    async def _changed(self, hold: Hold, statements: str, values: Row, *, repeatable: bool = False) -> None:
        try:
            await self._write(
                f"IF type::record('context', $id).lease_holder != $holder {{ THROW '{LOST}' }}; {statements}",
                values | {"id": hold.context_id, "holder": hold.token},
                repeatable=repeatable,
            )
        except ThrownError as error:
            raise ConflictError(
                f"Another process has taken over the Context {hold.context_id!r}, because this one was too slow; "
                "look at what became of it, then try again."
            ) from error


def _provider_variables(providers: ProviderKeys) -> Row:
    sealed = [{"provider": name, "ciphertext": ciphertext} for name, ciphertext in providers.sealed.items()]
    return {"sealed": sealed, "removed": list(providers.removed)}


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
