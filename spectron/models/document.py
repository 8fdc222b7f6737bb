"""Documents, their chunks and keywords, and what a search in them finds."""

from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.record import Record

PROCESSED = frozenset({"ready", "failed"})


@dataclass(frozen=True, kw_only=True)
class Upload(Record):
    """What became of an upload, or of the wish to process a document again."""

    id: str
    status: str
    content_hash: str
    deduplicated: bool = False
    """Whether the same bytes were there already, in the same scope."""
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeletedDocument(Record):
    """A document that is gone for good, with its original."""

    id: str
    status: str = "deleted"
    chunks: int = 0
    audit_id: str | None = None
    """The event that the audit has of it."""
    trace_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document(Record):
    """An original and how far its processing has come: `queued` … `ready`, or `failed` with an error."""

    id: str
    title: str
    status: str
    content_hash: str
    size_bytes: int
    created_at: datetime
    filename: str | None = None
    mime_type: str | None = None
    source: str | None = None
    scope: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    version: int = 1
    language: str | None = None
    chunk_count: int | None = None
    keyword_count: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    processing_started_at: datetime | None = None
    processing_completed_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def processed(self) -> bool:
        """Whether nothing more happens to it: it is `ready` or `failed`."""
        return self.status in PROCESSED


@dataclass(frozen=True, kw_only=True)
class Chunk(Record):
    """A part of a document's text: `text[char_start:char_end]` of the whole."""

    id: str
    document: str
    position: int
    text: str
    char_start: int
    char_end: int
    section: str | None = None
    token_count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Keyword(Record):
    """A keyword with how much it says of a document, how near it is to a phrase, or how many documents hold it."""

    id: str
    normalised: str
    text: str
    score: float | None = None
    document_count: int | None = None
    documents: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class DocumentHit(Record):
    """A chunk that answers a question, and why it was brought up."""

    score: float
    chunk: Chunk
    document: dict[str, Any]
    graph_evidence: tuple[dict[str, Any], ...] = ()
