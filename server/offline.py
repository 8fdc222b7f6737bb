"""What is read from the databases while no server runs: what `spectrond export` writes."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from server.app import VERSION, create_engine
from server.core.clock import SystemClock
from server.core.errors import ContextNotFoundError, NotFoundError
from server.core.ids import Ids
from server.documents.catalogue import DELETION
from server.settings import Settings
from server.store.binding import METADATA, Binding
from server.store.dumps.exporting import Exporter, Source
from server.store.dumps.marks import Form
from server.store.engine import Database, Engine, Row
from server.store.walking import walk

Pieces = AsyncGenerator[bytes, None]
# In the other states a database is half made or half gone.
WHOLE = "state IN ['active', 'closing']"


class Offline:
    """Lists and dumps what the databases hold; needs no master key, makes nothing, and changes nothing."""

    def __init__(self, settings: Settings) -> None:
        clock = SystemClock()
        self._engine = create_engine(settings, clock)
        self._exporter = Exporter(self._engine, clock, Ids(), version=VERSION)

    async def contexts(self) -> Pieces:
        """One line of JSON for each Context that can be exported."""
        async with self._engine as engine:
            for row in await _registered(engine):
                yield _line(row)

    async def context(self, context_id: str, form: Form) -> Pieces:
        """The dump of a Context."""
        async with self._engine as engine:
            binding = await _binding(engine, context_id)
            async with aclosing(self._exporter.dump(Source(binding, "context", context_id), form)) as pieces:
                async for piece in pieces:
                    yield piece

    async def control(self, form: Form) -> Pieces:
        """The dump of the control plane."""
        async with self._engine as engine:
            await _registered(engine)
            async with aclosing(self._exporter.dump(Source(METADATA, "control", None), form)) as pieces:
                async for piece in pieces:
                    yield piece

    async def originals(self, context_id: str) -> Pieces:
        """One line of JSON for the original of each document of a Context."""
        async with self._engine as engine:
            database = Database(engine, await _binding(engine, context_id))
            async for row in walk(database, "document", "content_hash, size_bytes, attempt"):
                if row["attempt"] != DELETION:
                    one = {"document": row["id"].id, "content_hash": row["content_hash"], "size": row["size_bytes"]}
                    yield _line(one)


async def _registered(engine: Engine) -> list[Row]:
    if METADATA.database not in await engine.databases(METADATA.namespace):
        raise NotFoundError("There is no control plane in this database: no Spectron server has used it yet.")
    return await Database(engine, METADATA).rows(
        f"SELECT record::id(id) AS id, namespace, database FROM context WHERE {WHOLE} ORDER BY id"
    )


async def _binding(engine: Engine, context_id: str) -> Binding:
    for row in await _registered(engine):
        if row["id"] == context_id:
            return Binding(row["namespace"], row["database"])
    raise ContextNotFoundError(f"There is no Context {context_id[:80]!r}; `spectrond export list` names them.")


def _line(document: Row) -> bytes:
    return json.dumps(document).encode() + b"\n"
