"""Routes about who may do what: the caller, and the principals that keys stand for."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from server.control.grants import effective, granted, grants_of, revoked, scope_of_pattern
from server.control.keys import Keys
from server.core.clock import Clock
from server.http.asking import Asked
from server.http.bodies import Body
from server.http.directory import Directory, grants_view, principal_view
from server.http.tenant import Here

Path = Annotated[str, Field(min_length=1, max_length=4096, examples=["org/acme"])]


class Grant(Body):
    """Verbs on a place of the scope tree."""

    path: Path
    verbs: list[str] = Field(min_length=1, max_length=32, examples=[["memory:read", "memory:write"]])


def add_routes(router: APIRouter, keys: Keys, directory: Directory, clock: Clock) -> None:
    @router.get("/me")
    async def show_caller(tenant: Here) -> dict[str, Any]:
        """Who is asking, and what they may do."""
        caller = tenant.authority
        key = await keys.find(caller.key_id, management=caller.context_id is None)
        grants = grants_of(caller.principal, caller.floor)
        return {
            "principal_id": caller.key_id,
            "display_name": key.name if key else caller.key_id,
            "kind": caller.principal,
            "enforce": True,
            "grants": grants,
            "effective_grants": grants,
            "delegated_principal_id": caller.on_behalf_of,
            "token_grants": None,
            "trace_id": tenant.trace_id,
        }

    @router.get("/principals")
    async def list_principals(tenant: Here) -> list[dict[str, Any]]:
        """The principals that the caller may know of."""
        return [principal_view(key) for key in await directory.within(tenant)]

    @router.get("/principals/{principal_id}")
    async def show_principal(principal_id: str, tenant: Here) -> dict[str, Any]:
        """One principal with its grants."""
        return principal_view(await directory.found(tenant, principal_id))

    @router.get("/principals/{principal_id}/grants")
    async def list_grants(principal_id: str, tenant: Here) -> dict[str, Any]:
        """Its grants alone."""
        return {"grants": grants_view(await directory.found(tenant, principal_id)), "trace_id": tenant.trace_id}

    @router.get("/principals/{principal_id}/effective")
    async def show_effective(
        principal_id: str, tenant: Here, asked: Asked, path: Annotated[str, Query(min_length=1, max_length=4096)]
    ) -> dict[str, Any]:
        """What a principal may do at a place; grants keep no history, so `as_of` is told back as it was asked."""
        key = await directory.found(tenant, principal_id)
        verbs = effective(key.principal, key.authority().floor, scope_of_pattern(path))
        active = key.state(clock.now()) == "active"
        return {"path": path, "verbs": verbs if active else [], "as_of": asked.as_of, "trace_id": tenant.trace_id}

    @router.post("/principals/{principal_id}/grants")
    async def grant(principal_id: str, body: Grant, tenant: Here) -> dict[str, Any]:
        """Let a principal do more, no more than the caller may."""
        key, at = await directory.changeable(tenant, principal_id), scope_of_pattern(body.path)
        principal, floor = granted(key.principal, key.authority().floor, at, body.verbs)
        tenant.authority.may_mint(principal, floor)
        return principal_view(await keys.regrant(tenant.context_id, key.id, principal, floor, tenant.origin))

    @router.delete("/principals/{principal_id}/grants")
    async def revoke_grant(principal_id: str, body: Grant, tenant: Here) -> dict[str, Any]:
        """Let a principal do less; without any verb left, its key ends."""
        key, at = await directory.changeable(tenant, principal_id), scope_of_pattern(body.path)
        floor = key.authority().floor
        left = revoked(key.principal, floor, at, body.verbs)
        if left is None:
            ended = await keys.revoke(tenant.context_id, key.id, tenant.origin)
            return principal_view(ended) | {"grants": {}}
        return principal_view(await keys.regrant(tenant.context_id, key.id, left, floor, tenant.origin))
