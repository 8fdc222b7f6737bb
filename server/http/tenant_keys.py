"""Routes of a Context's keys by name, for those who are in it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from server.control.grants import requested
from server.control.keys import Keys
from server.core.clock import Clock
from server.core.ids import Ids
from server.http.bodies import Body
from server.http.directory import Directory, key_detail_view, minted_view
from server.http.tenant import Here

CREATED = 201
NO_CONTENT = 204
MAX_TTL_SECONDS = 100 * 366 * 86_400
Ttl = Annotated[int | None, Query(ge=1, le=MAX_TTL_SECONDS)]
TtlCamel = Annotated[int | None, Query(alias="ttlSeconds", ge=1, le=MAX_TTL_SECONDS, include_in_schema=False)]


class KeyRequest(Body):
    """A key for somebody else, no wider than the caller's own."""

    name: str | None = Field(default=None, min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.@-]*$")
    grants: dict[str, list[str] | str] | None = Field(default=None, examples=[{"memory:read": ["org/acme/*"]}])


def add_routes(router: APIRouter, keys: Keys, directory: Directory, clock: Clock, ids: Ids) -> None:
    def end_of(ttl: int | None) -> datetime | None:
        return clock.now() + timedelta(seconds=ttl) if ttl else None

    @router.get("/keys")
    async def list_keys(tenant: Here) -> list[dict[str, Any]]:
        """The keys inside the caller's floor, never their secrets."""
        tenant.authority.require_supervisor("list keys")
        return [key_detail_view(key) for key in await directory.within(tenant)]

    @router.post("/keys", status_code=CREATED)
    async def mint_key(
        tenant: Here, body: KeyRequest | None = None, ttl_seconds: Ttl = None, camel: TtlCamel = None
    ) -> dict[str, Any]:
        """Mint a key; its text is in this answer alone."""
        body = body or KeyRequest()
        principal, floor = requested(body.grants)
        floor = tenant.authority.floor if floor is None else floor
        tenant.authority.may_mint(principal, floor)
        name = body.name or f"key-{ids.id(8)}"
        minted = await keys.mint(
            tenant.context_id, name, principal, floor, tenant.origin, expires_at=end_of(ttl_seconds or camel)
        )
        return minted_view(minted) | {"trace_id": tenant.trace_id}

    @router.delete("/keys/{name}", status_code=NO_CONTENT)
    async def delete_key(name: str, tenant: Here) -> Response:
        """Remove a key for good."""
        key = await directory.named(tenant, name)
        await keys.delete(tenant.context_id, key.id, tenant.origin)
        return Response(status_code=NO_CONTENT)

    @router.post("/keys/{name}/rotate")
    async def rotate_key(name: str, tenant: Here, ttl_seconds: Ttl = None, camel: TtlCamel = None) -> dict[str, Any]:
        """Give a key a new secret; the old one stops working at once."""
        key = await directory.named(tenant, name)
        minted = await keys.rotate(tenant.context_id, key.id, tenant.origin, expires_at=end_of(ttl_seconds or camel))
        return minted_view(minted) | {"trace_id": tenant.trace_id}
