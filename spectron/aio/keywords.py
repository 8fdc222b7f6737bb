"""Keywords across the documents of one Context."""

from collections.abc import AsyncIterator
from typing import Literal

from spectron import endpoint
from spectron.aio.connection import AsyncConnection
from spectron.aio.pages import walk
from spectron.models.document import Keyword
from spectron.models.record import Page, read, read_numbered, read_page

Order = Literal["documents", "name"]


class AsyncKeywords:
    """What the documents that the key may see are about."""

    def __init__(self, connection: AsyncConnection, context_id: str) -> None:
        self._connection = connection
        self._context_id = context_id

    async def list(
        self,
        *,
        q: str | None = None,
        min_document_count: int | None = None,
        sort: Order | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Page[Keyword]:
        """One page of keywords that contain `q`, with how many documents hold each."""
        params = {
            "q": q,
            "minDocumentCount": min_document_count,
            "sort": sort,
            "page": page,
            "page_size": page_size,
        }
        return read_numbered(Keyword, await self._connection.get(self._path(), params), key="keywords")

    def iterate(self, *, q: str | None = None, page_size: int | None = None) -> AsyncIterator[Keyword]:
        """Every keyword, page by page."""
        return walk(
            lambda number: self.list(q=q, page=int(number) if number else None, page_size=page_size),
            None,
        )

    async def get(self, name: str) -> Keyword:
        """One keyword with the documents that hold it."""
        return read(Keyword, await self._connection.get(self._path(name)))

    async def search(self, query: str, *, k: int | None = None, threshold: float | None = None) -> Page[Keyword]:
        """The keywords nearest in meaning to a phrase."""
        body = endpoint.given(query=query, k=k, threshold=threshold)
        return read_page(Keyword, await self._connection.ask(self._path("search"), body), key="results")

    def _path(self, *segments: str) -> str:
        return endpoint.path(self._context_id, "documents", "keywords", *segments)
