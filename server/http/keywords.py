"""Routes of keywords across documents."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from server.core.clock import Clock
from server.documents import keyword_queries
from server.documents.keyword_queries import KeywordsWanted
from server.documents.parts import Library
from server.http.bodies import Body
from server.http.documents import Page, PageSize
from server.http.tenant import Here


class KeywordSearch(Body):
    """What to look for among the keywords."""

    query: str = Field(min_length=1, max_length=1024)
    k: int = Field(10, ge=1, le=100)
    threshold: float = Field(0.0, ge=-1, le=1)


def add_routes(router: APIRouter, library: Library, clock: Clock) -> None:
    @router.get("/documents/keywords")
    async def list_keywords(
        tenant: Here,
        q: str = "",
        min_document_count: Annotated[int, Query(ge=1, alias="minDocumentCount")] = 1,
        sort: Literal["documents", "name"] = "documents",
        page: Page = 1,
        page_size: PageSize = 50,
    ) -> dict[str, Any]:
        """Keywords of the documents that the caller may see, counted over these."""
        wanted = KeywordsWanted(q, min_document_count, sort, page, page_size)
        rows, total = await keyword_queries.page(tenant.database, tenant.sees(), wanted)
        return {
            "keywords": rows,
            "page": page,
            "page_size": page_size,
            "total": total,
            "trace_id": tenant.trace_id,
        }

    @router.post("/documents/keywords/search")
    async def search_keywords(body: KeywordSearch, tenant: Here) -> dict[str, Any]:
        """The keywords nearest in meaning to a phrase."""
        began = clock.monotonic()
        embedder = await library.embedder_of(tenant.open)
        rows = await keyword_queries.search(
            tenant.database, embedder, body.query, tenant.sees(), k=body.k, threshold=body.threshold
        )
        return {
            "results": rows,
            "query_ms": round((clock.monotonic() - began) * 1000),
            "trace_id": tenant.trace_id,
        }

    @router.get("/documents/keywords/{name:path}")
    async def show_keyword(name: str, tenant: Here) -> dict[str, Any]:
        """One keyword with the documents that hold it."""
        return await keyword_queries.detail(tenant.database, name, tenant.sees()) | {"trace_id": tenant.trace_id}
