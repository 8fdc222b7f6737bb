"""API keys: minted, listed, rotated, revoked, deleted; only their Argon2 hashes are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from server.control.audit import CREATE as CREATE_AUDIT
from server.control.audit import AuditLog, Origin
from server.control.authority import Authority, Principal
from server.control.credentials import Credential, KeyIds
from server.control.hashing import Hasher
from server.control.verified import VerifiedKeys
from server.core import scope
from server.core.clock import Clock
from server.core.errors import ConflictError, ContextNotFoundError, DuplicateError, NotFoundError, ThrownError
from server.core.ids import Ids
from server.store.engine import Database, Row

SELECT = "SELECT *, record::id(id) AS id FROM"
GONE = "context-gone"

# A key is never older than its Context, however the clocks of two processes differ: that tells apart the keys of two
# Contexts that had the same id.
INSERT = f"""IF $row.context_id != NONE AND type::record('context', $row.context_id).state != 'active' {{{{
    THROW '{GONE}' }}}};
LET $earliest = type::record('context', $row.context_id).created_at ?? $row.created_at;
CREATE type::record('{{table}}', $id) CONTENT object::extend($row, {{{{
    created_at: array::max([$row.created_at, $earliest]) }}}}) RETURN VALUE created_at;
{CREATE_AUDIT}"""
EMPTY_FLOOR: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Key:
    """A key as stored; `context_id` is None for a management key."""

    id: str
    context_id: str | None
    name: str
    principal: Principal
    scope_floor: Mapping[str, Any]
    key_hash: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= now else "active"

    @classmethod
    def of(cls, row: Row) -> Self:
        """The key that a row stands for."""
        return cls(
            id=row["id"],
            context_id=row.get("context_id"),
            name=row["name"],
            principal=row.get("principal", "management"),
            scope_floor=row.get("scope_floor", EMPTY_FLOOR),
            key_hash=row["key_hash"],
            created_at=row["created_at"],
            last_used_at=row.get("last_used_at"),
            expires_at=row.get("expires_at"),
            revoked_at=row.get("revoked_at"),
        )

    def authority(self) -> Authority:
        minted_at = self.created_at if self.context_id else None
        return Authority(self.id, self.principal, self.context_id, scope.parse(self.scope_floor), minted_at=minted_at)


@dataclass(frozen=True)
class Minted:
    """A key with its text, which is known only now."""

    key: Key
    secret: str


class Keys:
    """The keys of all Contexts and the management keys; the memory of verified ones follows every change."""

    def __init__(
        self,
        metadata: Database,
        hasher: Hasher,
        audit: AuditLog,
        clock: Clock,
        ids: Ids,
        key_ids: KeyIds,
        verified: VerifiedKeys,
    ) -> None:
        self._metadata = metadata
        self._hasher = hasher
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._key_ids = key_ids
        self._verified = verified

    async def mint(
        self,
        context_id: str,
        name: str,
        principal: Principal,
        floor: scope.Scope,
        origin: Origin,
        *,
        expires_at: datetime | None = None,
    ) -> Minted:
        """Make a Context key; its name must be free in the Context."""
        credential = Credential("context", context_id, self._key_ids.make(), self._ids.secret())
        row = {
            "context_id": context_id,
            "name": name,
            "principal": principal,
            "scope_floor": scope.as_mapping(floor),
            "minted_by": origin.actor,
            "expires_at": expires_at,
        }
        return await self._insert("api_key", credential, row, origin)

    async def mint_management(self, name: str, origin: Origin, *, keep: Callable[[str], None] | None = None) -> Minted:
        """Make a management key; `keep` gets its text before it is valid, so that no valid key is ever unknown."""
        credential = Credential("management", None, self._key_ids.make(), self._ids.secret())
        if keep:
            keep(str(credential))
        return await self._insert("management_key", credential, {"name": name, "minted_by": origin.actor}, origin)

    async def replace_management(self, name: str, origin: Origin, *, keep: Callable[[str], None]) -> Minted:
        """Make a management key and then all others unusable; ended in between, it can be done again."""
        minted = await self.mint_management(name, origin, keep=keep)
        rows = await self._metadata.rows(f"{SELECT} management_key WHERE revoked_at = NONE")
        for key in [Key.of(row) for row in rows]:
            if key.id != minted.key.id:
                statement = "UPDATE type::record('management_key', $id) SET revoked_at = $now RETURN NONE;"
                await self._write(key, "revoke", origin, statement, {})
        return minted

    async def count_management(self) -> int:
        return len(await self._metadata.rows("SELECT id FROM management_key WHERE revoked_at = NONE"))

    async def made_here(self) -> bool:
        """Whether this master key is the deployment's: there is a management key of it, or none at all yet."""
        ids = await self._metadata.rows("SELECT record::id(id) AS id FROM management_key")
        return not ids or any(self.genuine(row["id"]) for row in ids)

    async def of_context(self, context_id: str) -> list[Key]:
        rows = await self._metadata.rows(
            f"{SELECT} api_key WHERE context_id = $context_id ORDER BY created_at, id", {"context_id": context_id}
        )
        return [Key.of(row) for row in rows]

    async def get(self, context_id: str, key_id: str) -> Key:
        key = await self.find(key_id)
        if key is None or key.context_id != context_id:
            raise NotFoundError(f"The Context {context_id!r} has no key {key_id[:80]!r}.")
        return key

    async def find(self, key_id: str, *, management: bool = False) -> Key | None:
        """The row of a key id, whatever its Context."""
        table = "management_key" if management else "api_key"
        row = await self._metadata.row(f"{SELECT} type::record('{table}', $id)", {"id": key_id})
        return Key.of(row) if row else None

    async def find_active(self, key_id: str) -> Key | None:
        """The row of a Context key that may be used now."""
        key = await self.find(key_id)
        return key if key and key.state(self._clock.now()) == "active" else None

    async def regrant(
        self, context_id: str, key_id: str, principal: Principal, floor: scope.Scope, origin: Origin
    ) -> Key:
        """Let a key do more or less from now on."""
        key = await self.get(context_id, key_id)
        values = {"principal": principal, "floor": scope.as_mapping(floor)}
        await self._change(key, "regrant", origin, "principal = $principal, scope_floor = $floor", values)
        return await self.get(context_id, key_id)

    async def rotate(
        self, context_id: str, key_id: str, origin: Origin, *, expires_at: datetime | None = None
    ) -> Minted:
        """Give a key a new secret, and a new end if one is named; the old secret is dead at once."""
        key = await self.get(context_id, key_id)
        state = key.state(self._clock.now())
        if state != "active":
            raise ConflictError(f"The key {key.name!r} is {state}; mint a new one instead of rotating it.")
        credential = Credential("context", context_id, key.id, self._ids.secret())
        key_hash = await self._hasher.hash(credential.secret)
        await self._change(
            key,
            "rotate",
            origin,
            "key_hash = $key_hash, rotated_at = $now, expires_at = $expires_at ?? expires_at",
            {"key_hash": key_hash, "expires_at": expires_at},
        )
        return Minted(await self.get(context_id, key_id), str(credential))

    async def revoke(self, context_id: str, key_id: str, origin: Origin) -> Key:
        """Make a key unusable but keep it for the audit; revoking twice keeps the first time."""
        key = await self.get(context_id, key_id)
        await self._change(key, "revoke", origin, "revoked_at = revoked_at ?? $now", {})
        return await self.get(context_id, key_id)

    async def delete(self, context_id: str, key_id: str, origin: Origin) -> None:
        key = await self.get(context_id, key_id)
        await self._write(key, "delete", origin, "DELETE type::record('api_key', $id) RETURN NONE;", {})

    def usable(self, row: Row) -> bool:
        """Whether the key of a row may be used now."""
        return Key.of(row).state(self._clock.now()) == "active"

    def genuine(self, key_id: str) -> bool:
        """Whether an id was given out under this master key; a key with another one is refused."""
        return self._key_ids.genuine(key_id)

    async def another(self, row: Row, context_id: str, origin: Origin) -> tuple[Row, str]:
        """A new key that may do what the key of a row may, in another Context: its row, and its text."""
        credential = Credential("context", context_id, self._key_ids.make(), self._ids.secret())
        made = {
            "id": credential.key_id,
            "context_id": context_id,
            "key_hash": await self._hasher.hash(credential.secret),
            "minted_by": origin.actor,
            "created_at": self._clock.now(),
        }
        kept = ("name", "principal", "scope_floor", "grants", "expires_at")
        return made | {name: row.get(name) for name in kept}, str(credential)

    async def count(self, context_id: str) -> Mapping[str, int]:
        """How many keys go with a Context."""
        return {"keys": len(await self.of_context(context_id))}

    async def remove(self, context_id: str) -> None:
        """Take the keys of a Context that is being deleted; none of them opens anything from now on."""
        try:
            await self._metadata.write("DELETE api_key WHERE context_id = $id RETURN NONE", {"id": context_id})
        finally:
            self._verified.forget_context(context_id)

    async def used(self, last_used: Mapping[str, datetime]) -> None:
        """Note when keys were last used, many in one write."""
        uses = [{"id": key_id, "at": at} for key_id, at in last_used.items()]
        await self._metadata.write(
            """FOR $use IN $uses {
                UPDATE type::record('api_key', $use.id) SET last_used_at = $use.at RETURN NONE;
                UPDATE type::record('management_key', $use.id) SET last_used_at = $use.at RETURN NONE;
            };""",
            {"uses": uses},
            repeatable=True,
        )

    async def _insert(self, table: str, credential: Credential, values: Row, origin: Origin) -> Minted:
        key_hash = await self._hasher.hash(credential.secret)
        row = values | {"key_hash": key_hash, "created_at": self._clock.now()}
        key = Key.of(row | {"id": credential.key_id})
        variables = {"id": credential.key_id, "row": row, "audit": self._event(key, "mint", origin)}
        try:
            _, _, created, *_ = await self._metadata.write(INSERT.format(table=table), variables)
        except ThrownError as error:
            raise ContextNotFoundError(f"The Context {key.context_id!r} is being deleted.") from error
        except DuplicateError as error:
            raise ConflictError(f"A key named {key.name[:80]!r} exists; choose another name.") from error
        return Minted(replace(key, created_at=created[0]), str(credential))

    async def _change(self, key: Key, action: str, origin: Origin, assignments: str, values: Row) -> None:
        statement = f"UPDATE type::record('api_key', $id) SET {assignments} RETURN NONE;"
        await self._write(key, action, origin, statement, values)

    async def _write(self, key: Key, action: str, origin: Origin, statement: str, values: Row) -> None:
        """Change a key; even when the outcome is unknown, it has to prove itself again."""
        changed = values | {"id": key.id, "now": self._clock.now(), "audit": self._event(key, action, origin)}
        try:
            await self._metadata.write(f"{statement} {CREATE_AUDIT}", changed)
        finally:
            self._verified.forget(key.id)

    def _event(self, key: Key, action: str, origin: Origin) -> Row:
        detail = {"name": key.name, "principal": key.principal}
        return self._audit.event(
            "key", f"key.{action}", origin, context_id=key.context_id, target=key.id, detail=detail
        )
