# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""One Context."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, overload

from spectron import endpoint
from spectron.models.audit import AuditEvent
from spectron.models.context import Context, DeletionPreview, Stats, Usage
from spectron.models.dump import Digest, Loaded
from spectron.models.record import Page, read, read_page
from spectron.sync.access import Access
from spectron.sync.connection import Connection
from spectron.sync.documents import Documents
from spectron.sync.dumps import Dumps, Form
from spectron.sync.entities import Entities
from spectron.sync.keys import Keys
from spectron.sync.memory import Memory
from spectron.sync.pages import walk
from spectron.sync.retention import Retention
from spectron.sync.scopes import Scopes
from spectron.sync.sessions import Sessions
from spectron.sync.traces import Traces


class ContextHandle:
    """What can be done with the Context of one id."""

    def __init__(self, connection: Connection, id: str) -> None:
        self._connection = connection
        self._path = endpoint.path("contexts", id)
        self.id = id
        self.keys = Keys(connection, id)
        self.retention = Retention(connection, id)
        self.documents = Documents(connection, id)
        self.memory = Memory(connection, id)
        self.sessions = Sessions(connection, id)
        self.entities = Entities(connection, id)
        self.scopes = Scopes(connection, id)
        self.traces = Traces(connection, id)
        self.access = Access(connection, id)
        self._dumps = Dumps(connection, "contexts", id)

    def get(self) -> Context:
        """The Context, with the configuration in force."""
        return read(Context, self._connection.get(self._path))

    def update(self, *, config: Mapping[str, Any]) -> Context:
        """Merge `config` into the Context's own; a value of None removes one. In force for the next request."""
        return read(Context, self._connection.patch(self._path, {"config": dict(config)}))

    @overload
    def delete(self, *, dry_run: Literal[False] = False) -> None: ...
    @overload
    def delete(self, *, dry_run: Literal[True]) -> DeletionPreview: ...
    def delete(self, *, dry_run: bool = False) -> DeletionPreview | None:
        """Delete the Context with its database, keys, jobs and objects; with `dry_run`, say what would go."""
        if not dry_run:
            self._connection.delete(self._path)
            return None
        return read(DeletionPreview, self._connection.delete(self._path, {"dry_run": True}))

    def export(self, *, form: Form | None = None) -> Iterator[bytes]:
        """The whole Context as a SurrealQL dump of one moment, piece by piece; `literals` are for people to read."""
        return self._dumps.export(form=form)

    def import_(self, dump: Iterable[bytes]) -> Loaded:
        """Load a dump into the Context, which must be empty, wholly or not at all."""
        return self._dumps.import_(dump)

    def digest(self) -> Digest:
        """How many rows each table has now, and their digest, as a dump of this moment would say."""
        return self._dumps.digest()

    def reindex(self) -> str:
        """Build the search index anew, in the background; answers the id of the job that does it."""
        answer = self._connection.post(f"{self._path}/reindex")
        return str((answer or {}).get("job_id", ""))

    def usage(self) -> Usage:
        """Tokens used this month, and how many there are."""
        return read(Usage, self._connection.get(f"{self._path}/usage"))

    def stats(self) -> Stats:
        """Row counts by table, documents by status, bytes stored, and the state of the search index."""
        return read(Stats, self._connection.get(f"{self._path}/stats"))

    def audit(
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
        return read_page(AuditEvent, self._connection.get(f"{self._path}/audit", params), key="events")

    def iterate_audit(
        self,
        *,
        kind: str | None = None,
        actor: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        page_size: int | None = None,
    ) -> Iterator[AuditEvent]:
        """Every audit event that matches, page by page."""
        return walk(
            lambda cursor: self.audit(kind=kind, actor=actor, since=since, until=until, limit=page_size, cursor=cursor),
            None,
        )
