"""Routes of the scope tree."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from server.core.errors import ValidationError
from server.core.scope import as_mapping
from server.http.bodies import Body
from server.http.tenant import Here, Tenants
from server.memory.parts import Memory
from server.memory.scope_tree import Place

CREATED = 201
NO_CONTENT = 204
MAX_PATH = 4096
Path = Annotated[str, Field(min_length=1, max_length=MAX_PATH, examples=["org/acme/user/alice"])]


class NewPlace(Body):
    """A place to register."""

    path: Path
    display_name: str | None = Field(default=None, max_length=256)
    description: str | None = Field(default=None, max_length=4096)


class PlaceToForget(Body):
    """The place whose records are to be erased; none is the key's own floor."""

    path: Path | None = None
    dry_run: bool = False


def add_routes(router: APIRouter, memory: Memory, tenants: Tenants) -> None:
    @router.get("/scopes")
    async def list_scopes(tenant: Here) -> list[dict[str, Any]]:
        """The places that the caller may see: registered ones, and those that records are in."""
        return [_view(place) for place in await memory.scopes.places(tenant.database, tenant.sees())]

    @router.post("/scopes", status_code=CREATED)
    async def register_scope(body: NewPlace, tenant: Here) -> dict[str, Any]:
        """Register a place with a name for people; registering again updates it."""
        scope = tenant.writes(body.path)
        path = body.path.strip("/")
        place = await memory.scopes.register(tenant.database, scope, path, body.display_name, body.description)
        tenants.trace(tenant, "scope.register", "register scope", scope)
        return _view(place) | {"trace_id": tenant.trace_id}

    @router.delete("/scopes", status_code=NO_CONTENT)
    async def remove_scope(tenant: Here, path: Annotated[str, Query(min_length=1, max_length=MAX_PATH)]) -> Response:
        """Take a place off the tree; its records stay until they are forgotten."""
        scope = tenant.writes(path)
        await memory.scopes.remove(tenant.database, scope, path)
        tenants.trace(tenant, "scope.remove", "remove scope", scope)
        return Response(status_code=NO_CONTENT)

    @router.post("/scopes/forget")
    async def forget_scope(tenant: Here, body: PlaceToForget | None = None) -> dict[str, Any]:
        """Erase a place and everything below it for good: memory, documents, traces; `dry_run` only counts."""
        path = body.path if body else None
        if path is None and not tenant.authority.floor:
            raise ValidationError("path is missing; this key is for all scopes, so say which one is to be erased.")
        scope = tenant.writes(path)
        if not scope:
            raise ValidationError("The empty scope is general knowledge and cannot be erased as a place.")
        dry_run = body is not None and body.dry_run
        if dry_run:
            counts = await memory.forgetting.count_scope(tenant.open, scope)
        else:
            counts = await memory.forgetting.erase_scope(tenant.open, scope, tenant.origin)
            tenants.trace(tenant, "scope.forget", "forget scope", scope, written=counts)
        return {
            "forgotten": sum(counts.values()),
            "counts": counts,
            "dry_run": dry_run,
            "trace_id": tenant.trace_id,
        }


def _view(place: Place) -> dict[str, Any]:
    return {
        "path": place.path,
        "scope": as_mapping(place.scope),
        "display_name": place.display_name,
        "description": place.description,
        "registered": place.registered,
        "created_at": place.created_at,
        "tombstoned_at": place.tombstoned_at,
    }
