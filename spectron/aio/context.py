"""One Context."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Literal, overload

from spectron import endpoint
from spectron.aio.access import AsyncAccess
from spectron.aio.connection import AsyncConnection
from spectron.aio.documents import AsyncDocuments
from spectron.aio.dumps import AsyncDumps, Form
from spectron.aio.entities import AsyncEntities
from spectron.aio.keys import AsyncKeys
from spectron.aio.memory import AsyncMemory
from spectron.aio.pages import walk
from spectron.aio.retention import AsyncRetention
from spectron.aio.scopes import AsyncScopes
from spectron.aio.sessions import AsyncSessions
from spectron.aio.traces import AsyncTraces
from spectron.models.audit import AuditEvent
from spectron.models.context import Context, DeletionPreview, Stats, Usage
from spectron.models.dump import Digest, Loaded
from spectron.models.record import Page, read, read_page


class AsyncContextHandle:
    """What can be done with the Context of one id."""

    def __init__(self, connection: AsyncConnection, id: str) -> None:
        self._connection = connection
        self._path = endpoint.path("contexts", id)
        self.id = id
        self.keys = AsyncKeys(connection, id)
        self.retention = AsyncRetention(connection, id)
        self.documents = AsyncDocuments(connection, id)
        self.memory = AsyncMemory(connection, id)
        self.sessions = AsyncSessions(connection, id)
        self.entities = AsyncEntities(connection, id)
        self.scopes = AsyncScopes(connection, id)
        self.traces = AsyncTraces(connection, id)
        self.access = AsyncAccess(connection, id)
        self._dumps = AsyncDumps(connection, "contexts", id)

    async def get(self) -> Context:
        """The Context, with the configuration in force."""
        return read(Context, await self._connection.get(self._path))

    async def update(self, *, config: Mapping[str, Any]) -> Context:
        """Merge `config` into the Context's own; a value of None removes one. In force for the next request."""
        return read(Context, await self._connection.patch(self._path, {"config": dict(config)}))

    @overload
    async def delete(self, *, dry_run: Literal[False] = False) -> None: ...
    @overload
    async def delete(self, *, dry_run: Literal[True]) -> DeletionPreview: ...
    async def delete(self, *, dry_run: bool = False) -> DeletionPreview | None:
        """Delete the Context with its database, keys, jobs and objects; with `dry_run`, say what would go."""
        if not dry_run:
            await self._connection.delete(self._path)
            return None
        return read(DeletionPreview, await self._connection.delete(self._path, {"dry_run": True}))

    def export(self, *, form: Form | None = None) -> AsyncIterator[bytes]:
        """The whole Context as a SurrealQL dump of one moment, piece by piece; `literals` are for people to read."""
        return self._dumps.export(form=form)

    async def import_(self, dump: AsyncIterable[bytes]) -> Loaded:
        """Load a dump into the Context, which must be empty, wholly or not at all."""
        return await self._dumps.import_(dump)

    async def digest(self) -> Digest:
        """How many rows each table has now, and their digest, as a dump of this moment would say."""
        return await self._dumps.digest()

    async def reindex(self) -> str:
        """Build the search index anew, in the background; answers the id of the job that does it."""
        answer = await self._connection.post(f"{self._path}/reindex")
        return str((answer or {}).get("job_id", ""))

    async def usage(self) -> Usage:
        """Tokens used this month, and how many there are."""
        return read(Usage, await self._connection.get(f"{self._path}/usage"))

    async def stats(self) -> Stats:
        """Row counts by table, documents by status, bytes stored, and the state of the search index."""
        return read(Stats, await self._connection.get(f"{self._path}/stats"))

    async def audit(
        self,
        *,
        kind: str | None = None,
        actor: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[AuditEvent]:
        """One page of what was done and refused here, the newest first."""
        params = {"kind": kind, "actor": actor, "since": since, "until": until, "limit": limit, "cursor": cursor}
        return read_page(AuditEvent, await self._connection.get(f"{self._path}/audit", params), key="events")

    def iterate_audit(
        self,
        *,
        kind: str | None = None,
        actor: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[AuditEvent]:
        """Every audit event that matches, page by page."""
        return walk(
            lambda cursor: self.audit(kind=kind, actor=actor, since=since, until=until, limit=page_size, cursor=cursor),
            None,
        )
