"""Documents of one Context."""

import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Literal

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.keywords import AsyncKeywords
from spectron.aio.pages import walk
from spectron.endpoint import Scope
from spectron.errors import ArgumentError, ResponseError, TransportError, WaitingError
from spectron.models.document import Chunk, DeletedDocument, Document, DocumentHit, Keyword, Upload
from spectron.models.record import Page, read, read_numbered, read_page
from spectron.sinks import Sink
from spectron.sources import FileLike, Progress, Source

Mode = Literal["vector", "bm25", "hybrid", "hybrid_graph"]

FIRST_LOOK = 0.2
LONGEST_PAUSE = 2.0
PARTIAL = 206


class AsyncDocuments:
    """Uploads, reads and searches documents."""

    def __init__(self, connection: AsyncConnection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id
        self.keywords = AsyncKeywords(connection, context_id)

    async def upload(
        self,
        file: FileLike,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        title: str | None = None,
        source: str | None = None,
        scope: Scope | None = None,
        metadata: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> Upload:
        """Store a file, given by its path, as bytes or open in binary mode; it is processed afterwards.

        It is read while it is sent, and `progress` is told how many bytes have gone and of how many. What can be read
        twice is sent again after a passing failure: the same bytes in the same scope are the same document.
        """
        fields = {
            "title": endpoint.field(title),
            "source": endpoint.field(source),
            "scope": endpoint.field(scope),
            "metadata": endpoint.field(metadata or None),
        }
        given = {name: value for name, value in fields.items() if value is not None}
        with Source(file, filename=filename, content_type=content_type, progress=progress) as opened:
            return read(Upload, await self._connection.upload(self._path(), given, opened))

    async def list(
        self,
        *,
        status: str | None = None,
        mime_type: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Page[Document]:
        """One page of the documents that the key may see, the newest first."""
        params = {"status": status, "mime_type": mime_type, "page": page, "page_size": page_size}
        return read_numbered(Document, await self._connection.get(self._path(), params), key="documents")

    def iterate(
        self, *, status: str | None = None, mime_type: str | None = None, page_size: int | None = None
    ) -> AsyncIterator[Document]:
        """Every document, page by page."""
        return walk(
            lambda number: self.list(
                status=status, mime_type=mime_type, page=int(number) if number else None, page_size=page_size
            ),
            None,
        )

    async def get(self, id: str) -> Document:
        """A document, and how far its processing has come."""
        return read(Document, await self._connection.get(self._path(id)))

    async def wait(
        self,
        id: str,
        *,
        within: float = 300.0,
        seen: Callable[[Document], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> Document:
        """The document once it is `ready`, or `failed` with its error; `seen` is shown it on the way."""
        end, pause = clock() + within, FIRST_LOOK
        while True:
            document = await self.get(id)
            if seen:
                seen(document)
            if document.processed:
                return document
            if clock() + pause > end:
                raise WaitingError(
                    f"Document {id} is still {document.status} after {within:g} s. It goes on: wait longer, or look "
                    "at the job queue if nothing moves."
                )
            await self._connection.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)

    async def raw(self, id: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The original's bytes from `start` to before `end`; where the answer breaks off, it is taken up again."""
        if start < 0 or (end is not None and end <= start):
            raise ArgumentError(f"{start} to {end} is no range of bytes. Give a start from 0 and an end after it.")
        attempt = 0
        while True:
            headers = {"accept-encoding": "identity", "accept": "*/*"}
            if start or end is not None:
                headers["range"] = f"bytes={start}-{'' if end is None else end - 1}"
            try:
                async with self._connection.stream("GET", self._path(id, "raw"), headers=headers) as answer:
                    if "range" in headers and answer.status != PARTIAL:
                        raise ResponseError(f"The server did not answer the asked part of {id}. Is there a proxy?")
                    async for piece in answer.pieces():
                        start, attempt = start + len(piece), 0
                        yield piece
                    return
            except TransportError:
                delay = self._connection.backoff.delay(attempt)
                if delay is None:
                    raise
                await self._connection.sleep(delay)
                attempt += 1

    async def fetch_raw(self, id: str) -> bytes:
        """The original as a whole, in memory."""
        whole = bytearray()
        async for piece in self.raw(id):
            whole += piece
        return bytes(whole)

    async def download(self, id: str, path: str | os.PathLike[str], *, progress: Progress | None = None) -> Document:
        """Write the original to a file, which appears when all of it is there and its hash is right.

        A download that was interrupted goes on where it was.
        """
        document = await self.get(id)
        with Sink(path, size=document.size_bytes, content_hash=document.content_hash) as sink:
            if sink.done < sink.size:
                async for piece in self.raw(id, start=sink.done):
                    sink.write(piece)
                    if progress:
                        progress(sink.done, sink.size)
            sink.finish()
        return document

    async def chunks(self, id: str, *, page: int | None = None, page_size: int | None = None) -> Page[Chunk]:
        """One page of a document's chunks, in order."""
        params = {"page": page, "page_size": page_size}
        return read_numbered(Chunk, await self._connection.get(self._path(id, "chunks"), params), key="chunks")

    def iterate_chunks(self, id: str, *, page_size: int | None = None) -> AsyncIterator[Chunk]:
        """Every chunk of a document in order, page by page."""
        return walk(
            lambda number: self.chunks(id, page=int(number) if number else None, page_size=page_size),
            None,
        )

    async def keywords_of(self, id: str) -> Page[Keyword]:
        """The keywords of a document, the best first."""
        return read_page(Keyword, await self._connection.get(self._path(id, "keywords")), key="keywords")

    async def reprocess(self, id: str) -> Upload:
        """Process a document again; its chunks stay readable until the new ones replace them."""
        return read(Upload, await self._connection.put(self._path(id)))

    async def delete(self, id: str) -> DeletedDocument:
        """Delete a document with its chunks, keywords and original, for good."""
        return read(DeletedDocument, await self._connection.delete(self._path(id)))

    async def query(
        self,
        query: str,
        *,
        k: int | None = None,
        mode: Mode | None = None,
        threshold: float | None = None,
        filter: Mapping[str, Any] | None = None,
        scope: Scope | None = None,
    ) -> Page[DocumentHit]:
        """The chunks that answer a question, the best first, each with its document."""
        body = endpoint.given(query=query, k=k, mode=mode, threshold=threshold, filter=filter, scope=scope)
        return read_page(DocumentHit, await self._connection.ask(self._path("query"), body), key="results")

    async def recompute_links(self) -> int:
        """Link documents and what is remembered once more; how many links there are now."""
        answer = await self._connection.post(self._path("recompute-links"))
        return int((answer or {}).get("links_emitted", 0))

    def _path(self, *segments: str) -> str:
        return endpoint.path(self._context_id, "documents", *segments)
