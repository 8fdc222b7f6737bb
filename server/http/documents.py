"""Routes of documents: upload, list, read, process again, delete."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from server.documents import keyword_queries
from server.documents.catalogue import Wanted
from server.documents.document import Document, Status
from server.documents.parts import Library
from server.documents.uploads import File
from server.http.document_views import chunk_view, document_view, received_view
from server.http.multipart import read_form
from server.http.ranges import NOT_MODIFIED, part_of
from server.http.tenant import Here, Tenant, Tenants

ACCEPTED = 202
# A browser must neither run what somebody uploaded nor take it for something else.
DOWNLOAD = {
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff",
}
Page = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=500)]
AnyCaseStatus = Annotated[Status, BeforeValidator(str.lower)]
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "title": {"type": "string"},
                        "source": {"type": "string"},
                        "scope": {"type": "string", "description": "`org=acme,user=alice`, a path, or JSON"},
                        "metadata": {"type": "string", "description": "a JSON object"},
                    },
                }
            }
        },
    }
}


def add_upload_route(router: APIRouter, library: Library, tenants: Tenants) -> None:
    @router.post("/documents", status_code=ACCEPTED, openapi_extra=UPLOAD)
    async def upload(request: Request, tenant: Here) -> dict[str, Any]:
        """Upload a document; it is answered once the original is safe, and processed afterwards."""
        async with read_form(request, tenant.open.config.ingestion.max_upload_mb) as form:
            scope = tenant.writes(form.scope)
            part = form.file
            file = File(part.file, part.filename or None, part.content_type, form.title, form.source, form.metadata)
            received = await library.uploads.receive(tenant.open, file, scope, tenant.sees())
        written = {"document": received.document.id, "deduplicated": received.deduplicated}
        tenants.trace(tenant, "document.upload", received.document.title, scope, written=written)
        return received_view(received) | {"trace_id": tenant.trace_id}


def add_routes(router: APIRouter, library: Library, tenants: Tenants) -> None:
    async def found(tenant: Tenant, document_id: str) -> Document:
        return await library.catalogue.get(tenant.database, document_id, tenant.sees())

    @router.get("/documents")
    async def list_documents(
        tenant: Here,
        status: AnyCaseStatus | None = None,
        mime_type: str | None = None,
        page: Page = 1,
        page_size: PageSize = 50,
    ) -> dict[str, Any]:
        """The documents that the caller may see, newest first."""
        wanted = Wanted(status, mime_type, page, page_size)
        documents, total = await library.catalogue.page(tenant.database, tenant.sees(), wanted)
        return {
            "documents": [document_view(document) for document in documents],
            "page": page,
            "page_size": page_size,
            "total": total,
            "trace_id": tenant.trace_id,
        }

    @router.get("/documents/{document_id}")
    async def show_document(document_id: str, tenant: Here) -> dict[str, Any]:
        """A document and how far its processing has come."""
        return document_view(await found(tenant, document_id)) | {"trace_id": tenant.trace_id}

    @router.put("/documents/{document_id}", status_code=ACCEPTED)
    async def reprocess(document_id: str, tenant: Here) -> dict[str, Any]:
        """Process a document again; its chunks stay readable until the new ones replace them."""
        document = await found(tenant, document_id)
        tenant.require_writable(document.scope)
        queued = await library.uploads.reprocess(tenant.open, document)
        tenants.trace(tenant, "document.reprocess", document.title, document.scope, written={"document": document.id})
        return received_view(queued) | {"trace_id": tenant.trace_id}

    @router.delete("/documents/{document_id}")
    async def delete_document(document_id: str, tenant: Here) -> dict[str, Any]:
        """Delete a document with its chunks, keywords and original, for good."""
        document = await found(tenant, document_id)
        tenant.require_writable(document.scope)
        deletion = await library.removal.delete(tenant.open, document, tenant.origin)
        tenants.trace(tenant, "document.delete", document.id, document.scope, written={"document": document.id})
        return {
            "id": document.id,
            "status": "deleted",
            "chunks": deletion.chunks,
            "audit_id": deletion.audit_id,
            "trace_id": tenant.trace_id,
        }

    @router.head("/documents/{document_id}/raw", name="raw_head")
    @router.get("/documents/{document_id}/raw")
    async def raw(document_id: str, request: Request, tenant: Here) -> Response:
        """The original, byte for byte; takes `Range` with `If-Range`, and `If-None-Match`."""
        document = await found(tenant, document_id)
        etag = f'"{document.content_hash}"'
        part = part_of(request.headers, document.size_bytes, etag)
        await library.objects.stat(document.storage_key)
        headers = part.headers(document.size_bytes) | {"ETag": etag} | DOWNLOAD
        media_type = document.declared_mime_type or document.mime_type
        if request.method == "HEAD" or part.status == NOT_MODIFIED:
            return Response(None, part.status, headers, media_type)
        parts = library.objects.open(document.storage_key, part.start, part.end)
        return StreamingResponse(parts, part.status, headers, media_type)

    @router.get("/documents/{document_id}/chunks")
    async def chunks(document_id: str, tenant: Here, page: Page = 1, page_size: PageSize = 50) -> dict[str, Any]:
        """The chunks of a document in order."""
        rows, total = await library.chunks.page(
            tenant.database, document_id, tenant.sees(), page=page, page_size=page_size
        )
        return {
            "chunks": [chunk_view(row) for row in rows],
            "page": page,
            "page_size": page_size,
            "total": total,
            "trace_id": tenant.trace_id,
        }

    @router.get("/documents/{document_id}/keywords")
    async def keywords(document_id: str, tenant: Here) -> dict[str, Any]:
        """The keywords of a document, the best first."""
        document = await found(tenant, document_id)
        rows = await keyword_queries.of_document(tenant.database, document.id, tenant.sees())
        return {"keywords": rows, "trace_id": tenant.trace_id}
