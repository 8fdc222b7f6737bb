"""How documents, chunks and keywords look on the wire."""

from typing import Any

from server.core.scope import as_mapping
from server.documents.document import Document
from server.documents.uploads import Received
from server.store.engine import Row


def document_view(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title or document.filename or document.id,
        "filename": document.filename,
        "mime_type": document.mime_type,
        "source": document.source,
        "content_hash": document.content_hash,
        "size_bytes": document.size_bytes,
        "scope": as_mapping(document.scope),
        "status": document.status,
        "error": document.error,
        "version": document.version,
        "language": document.language,
        "chunk_count": document.chunk_count,
        "keyword_count": document.keyword_count,
        "metadata": dict(document.metadata or {}),
        "processing_started_at": document.processing_started_at,
        "processing_completed_at": document.processing_completed_at,
        "created_at": document.created_at,
        "updated_at": document.updated_at,
    }


def received_view(received: Received) -> dict[str, Any]:
    document = received.document
    return {
        "id": document.id,
        "status": document.status,
        "content_hash": document.content_hash,
        "deduplicated": received.deduplicated,
    }


def chunk_view(row: Row) -> dict[str, Any]:
    document, version, position = row["id"].id
    return {
        "id": f"{document}-{version}-{position}",
        "document": document,
        "position": position,
        "text": row["text"],
        "section": row.get("section"),
        "char_start": row["char_start"],
        "char_end": row["char_end"],
        "token_count": row.get("token_count"),
    }
