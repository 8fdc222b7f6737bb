"""Dumps of a database that is in use."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.core.clock import Clock
from server.core.errors import UnavailableError
from server.core.ids import Ids
from server.store.binding import Binding
from server.store.dumps.child import Child
from server.store.dumps.marks import FORMAT, Form, Header, Kind, Trailer
from server.store.dumps.writing import pieces_of
from server.store.embedded import EmbeddedEngine
from server.store.engine import Engine, Reader, Variables

AT_ONCE = 2
SNAPSHOTS = "snapshots"


@dataclass(frozen=True)
class Source:
    """What is dumped: a database and what its header calls it."""

    binding: Binding
    kind: Kind
    context_id: str | None


class Exporter:
    """Writes dumps as of one moment, however much is written meanwhile.

    A store in files is copied by links while it stands still for a moment, and read by a process of its own. From a
    SurrealDB server it is read in one transaction. In memory, and from a server that knows no transactions over
    several queries, everything is read by one query and held in memory.
    """

    def __init__(self, engine: Engine, clock: Clock, ids: Ids, *, version: str) -> None:
        self._engine = engine
        self._clock = clock
        self._ids = ids
        self._version = version
        self._running = 0

    def clear(self) -> None:
        """Remove what exports that were cut short have left behind; none may be running."""
        if folder := self._folder:
            shutil.rmtree(folder, ignore_errors=True)

    async def dump(self, source: Source, form: Form) -> AsyncGenerator[bytes, None]:
        """The text of a dump, in pieces; what fails after the first of them leaves it without its last line."""
        header = await self._header(source, form)
        with self._counted():
            async with self._pieces(source.binding, header, totals=False) as pieces:
                async for piece in pieces:
                    yield piece

    async def totals(self, source: Source) -> tuple[Header, Trailer]:
        """What header and trailer of a dump would say, without what is between them."""
        header = await self._header(source, "blocks")
        with self._counted():
            async with self._pieces(source.binding, header, totals=True) as pieces:
                first, last = b"".join([piece async for piece in pieces]).decode().splitlines()
        return Header.parsed(first), Trailer.parsed(last)

    @asynccontextmanager
    async def _pieces(self, binding: Binding, header: Header, *, totals: bool) -> AsyncIterator[AsyncIterator[bytes]]:
        if isinstance(self._engine, EmbeddedEngine) and self._folder:
            store = self._folder / self._ids.id(12)
            # Starting takes it as long as the copy takes, so both happen at once.
            async with Child.started(store) as child, self._copied(self._engine, store):
                try:
                    child.begin(binding, header, totals=totals)
                    yield child.pieces()
                finally:
                    await child.end()
        else:
            async with self._engine.frozen(binding) as frozen:
                read = frozen or self._reader(binding)
                yield pieces_of(read, header, at_once=frozen is None, totals=totals)

    @asynccontextmanager
    async def _copied(self, engine: EmbeddedEngine, store: Path) -> AsyncIterator[None]:
        try:
            await engine.freeze(store)
            yield
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, store, ignore_errors=True))

    @property
    def _folder(self) -> Path | None:
        path = self._engine.path if isinstance(self._engine, EmbeddedEngine) else None
        return path.parent / SNAPSHOTS if path else None

    async def _header(self, source: Source, form: Form) -> Header:
        in_memory = isinstance(self._engine, EmbeddedEngine) and self._engine.path is None
        return Header(
            format=FORMAT,
            kind=source.kind,
            context_id=source.context_id,
            schema_version=0,
            rows=form,
            engine="memory" if in_memory else self._engine.kind,
            engine_version=await self._engine.version(),
            server_version=self._version,
            exported_at=f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ}",
        )

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        if self._running >= AT_ONCE:
            raise UnavailableError(f"{AT_ONCE} exports are running already; wait for one of them.", retry_after=10.0)
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1

    def _reader(self, binding: Binding) -> Reader:
        async def read(text: str, variables: Variables) -> list[Any]:
            return await self._engine.read(binding, text, variables)

        return read
