"""Routes of a Context's API keys."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Response

from server.control.authority import Authority
from server.control.contexts import Contexts
from server.control.keys import Key, Keys
from server.core import scope
from server.core.clock import Clock
from server.core.errors import UnprocessableError
from server.http.bodies import NewKey
from server.http.guard import Asked, Caller
from server.http.views import key_view, minted_view

CREATED = 201
NO_CONTENT = 204


def add_routes(router: APIRouter, contexts: Contexts, keys: Keys, clock: Clock) -> None:
    @contextlib.asynccontextmanager
    async def entered(caller: Authority, context_id: str) -> AsyncIterator[None]:
        caller.require_context(context_id)
        caller.require_supervisor("administer keys")
        async with contexts.opened(context_id) as opened:
            caller.require_minted_since(opened.context.created_at)
            yield

    @contextlib.asynccontextmanager
    async def narrower(caller: Authority, context_id: str, key_id: str) -> AsyncIterator[Key]:
        async with entered(caller, context_id):
            key = await keys.get(context_id, key_id)
            authority = key.authority()
            caller.may_mint(authority.principal, authority.floor)
            yield key

    @router.get("/contexts/{context_id}/keys")
    async def list_keys(context_id: str, caller: Caller) -> dict[str, Any]:
        """The keys of a Context, never their secrets."""
        async with entered(caller, context_id):
            now = clock.now()
            held = [key for key in await keys.of_context(context_id) if key.authority().floor >= caller.floor]
            return {"keys": [key_view(key, now) for key in held]}

    @router.post("/contexts/{context_id}/keys", status_code=CREATED)
    async def mint_key(context_id: str, body: NewKey, caller: Caller, origin: Asked) -> dict[str, Any]:
        """Mint a key; its secret is in this answer alone."""
        async with entered(caller, context_id):
            floor = caller.floor if body.scope_floor is None else scope.parse(body.scope_floor)
            caller.may_mint(body.principal, floor)
            if body.expires_at and body.expires_at <= clock.now():
                raise UnprocessableError(f"expires_at {body.expires_at.isoformat()} is in the past.")
            minted = await keys.mint(context_id, body.name, body.principal, floor, origin, expires_at=body.expires_at)
            return minted_view(minted, clock.now())

    @router.get("/contexts/{context_id}/keys/{key_id}")
    async def show_key(context_id: str, key_id: str, caller: Caller) -> dict[str, Any]:
        """One key, never its secret."""
        async with narrower(caller, context_id, key_id) as key:
            return key_view(key, clock.now())

    @router.delete("/contexts/{context_id}/keys/{key_id}", status_code=NO_CONTENT)
    async def delete_key(context_id: str, key_id: str, caller: Caller, origin: Asked) -> Response:
        """Remove a key for good."""
        async with narrower(caller, context_id, key_id):
            await keys.delete(context_id, key_id, origin)
            return Response(status_code=NO_CONTENT)

    @router.post("/contexts/{context_id}/keys/{key_id}/rotate")
    async def rotate_key(context_id: str, key_id: str, caller: Caller, origin: Asked) -> dict[str, Any]:
        """Give a key a new secret; the old one stops working at once."""
        async with narrower(caller, context_id, key_id):
            return minted_view(await keys.rotate(context_id, key_id, origin), clock.now())

    @router.post("/contexts/{context_id}/keys/{key_id}/revoke")
    async def revoke_key(context_id: str, key_id: str, caller: Caller, origin: Asked) -> dict[str, Any]:
        """Make a key unusable but keep it for the audit."""
        async with narrower(caller, context_id, key_id):
            return key_view(await keys.revoke(context_id, key_id, origin), clock.now())
