"""Entities of one Context."""

from collections.abc import AsyncIterator
from datetime import datetime

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.pages import walk
from spectron.endpoint import Scope
from spectron.models.belief import Attribute, Entity, EntityDetail
from spectron.models.memory import Reinstated
from spectron.models.record import Page, read, read_offset, read_page

Moment = datetime | str


class AsyncEntities:
    """Who and what is remembered; each read takes `as_of` (true then) and `at_instant` (known then)."""

    def __init__(self, connection: AsyncConnection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    async def list(
        self,
        *,
        entity_type: str | None = None,
        scope: Scope | None = None,
        as_of: Moment | None = None,
        at_instant: Moment | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Entity]:
        """One page of entities, in the order of types and names."""
        params = {
            "type": entity_type,
            "scope": endpoint.scope_values(scope),
            "as_of": as_of,
            "at_instant": at_instant,
            "limit": limit,
            "offset": cursor,
        }
        answer = await self._connection.get(self._path(), params)
        return read_offset(Entity, answer, key="entities", offset=int(cursor or 0))

    def iterate(
        self, *, entity_type: str | None = None, scope: Scope | None = None, page_size: int | None = None
    ) -> AsyncIterator[Entity]:
        """Every entity, page by page."""
        return walk(
            lambda cursor: self.list(entity_type=entity_type, scope=scope, limit=page_size, cursor=cursor), None
        )

    async def get(
        self,
        entity_type: str,
        name: str,
        *,
        scope: Scope | None = None,
        as_of: Moment | None = None,
        at_instant: Moment | None = None,
    ) -> EntityDetail:
        """What is believed of an entity."""
        params = {"scope": endpoint.scope_values(scope), "as_of": as_of, "at_instant": at_instant}
        return read(EntityDetail, await self._connection.get(self._path(entity_type, name), params))

    async def history(
        self,
        entity_type: str,
        name: str,
        key: str,
        *,
        scope: Scope | None = None,
        as_of: Moment | None = None,
        at_instant: Moment | None = None,
    ) -> Page[Attribute]:
        """Every value that a key has had, in the order in which they were said."""
        params = {"scope": endpoint.scope_values(scope), "as_of": as_of, "at_instant": at_instant}
        path = self._path(entity_type, name, "history", key)
        return read_page(Attribute, await self._connection.get(path, params), key="history")

    async def delete(self, entity_type: str, name: str, *, hard: bool = False, scope: Scope | None = None) -> None:
        """Forget an entity with all that is said of it; `hard` erases it, with its history.

        With a `scope`, which takes a management key, only what lies in it.
        """
        values = endpoint.scope_values(scope)
        path = self._managed(entity_type, name) if values else self._path(entity_type, name)
        await self._connection.delete(path, {"hard": True if hard else None, "scope": values})

    async def reinstate(self, entity_type: str, name: str, *, scope: Scope | None = None) -> Reinstated:
        """Bring back a forgotten entity with what was forgotten together with it; takes a management key."""
        path = self._managed(entity_type, name, "reinstate")
        return read(Reinstated, await self._connection.post(path, params={"scope": endpoint.scope_values(scope)}))

    def _path(self, *segments: str) -> str:
        return endpoint.path(self._context_id, "entities", *segments)

    def _managed(self, *segments: str) -> str:
        return endpoint.path("contexts", self._context_id, "entities", *segments)
