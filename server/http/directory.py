"""The keys that a caller may know of and change, and how they look on the wire."""

from typing import Any

from server.control.grants import grants_of
from server.control.keys import Key, Keys, Minted
from server.core.errors import NotFoundError
from server.http.tenant import Tenant


class Directory:
    """A Context's keys as far as the caller reaches: its own, and for more than an agent all inside its floor."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def within(self, tenant: Tenant) -> list[Key]:
        held = await self._keys.of_context(tenant.context_id)
        caller = tenant.authority
        if caller.principal == "agent":
            return [key for key in held if key.id == caller.key_id]
        return [key for key in held if key.authority().floor >= caller.floor]

    async def found(self, tenant: Tenant, principal_id: str) -> Key:
        """The key that a principal is the identity of."""
        wanted = principal_id.removeprefix("principal:")
        for key in await self.within(tenant):
            if key.id == wanted:
                return key
        raise NotFoundError(f"There is no principal {wanted[:80]!r}, or none that this key may see.")

    async def changeable(self, tenant: Tenant, principal_id: str) -> Key:
        """The same, if the caller may decide what it may do."""
        tenant.authority.require_supervisor("change grants")
        key = await self.found(tenant, principal_id)
        tenant.authority.may_mint(key.principal, key.authority().floor)
        return key

    async def named(self, tenant: Tenant, name: str) -> Key:
        """The key of that name, if the caller may administer it."""
        tenant.authority.require_supervisor("administer keys")
        for key in await self.within(tenant):
            if key.name == name:
                tenant.authority.may_mint(key.principal, key.authority().floor)
                return key
        raise NotFoundError(f"There is no key named {name[:80]!r}, or none that this key may see.")


def grants_view(key: Key) -> dict[str, list[str]]:
    return {} if key.revoked_at else grants_of(key.principal, key.authority().floor)


def principal_view(key: Key) -> dict[str, Any]:
    return {"id": key.id, "display_name": key.name, "kind": key.principal, "grants": grants_view(key)}


def key_detail_view(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "created_at": key.created_at,
        "grants": grants_view(key),
        "last_used_at": key.last_used_at,
        "valid_until": key.expires_at,
        "revoked_at": key.revoked_at,
    }


def minted_view(minted: Minted) -> dict[str, Any]:
    return {
        "id": minted.key.id,
        "name": minted.key.name,
        "key": minted.secret,
        "grants": grants_view(minted.key),
        "valid_until": minted.key.expires_at,
    }
