"""Answers about documents, their chunks and keywords."""

from datetime import datetime

from typing_extensions import TypedDict

from server.http.answers.common import Metadata, Numbered, Scope, Timed, Traced


class Document(Timed, Traced):
    """A document and how far its processing is."""

    id: str
    title: str
    filename: str | None
    mime_type: str
    source: str
    content_hash: str
    size_bytes: int
    scope: Scope
    status: str
    error: str | None
    version: int
    language: str | None
    chunk_count: int | None
    keyword_count: int | None
    metadata: Metadata | None
    processing_started_at: datetime | None
    processing_completed_at: datetime | None


class Documents(Numbered):
    """A page of documents."""

    documents: list[Document]


class Uploaded(Traced):
    """A document that was taken in; `deduplicated` if its bytes were there already."""

    id: str
    status: str
    content_hash: str
    deduplicated: bool


class DeletedDocument(Traced):
    """A document that is gone, with so many chunks, and the event that the audit has of it."""

    id: str
    status: str
    chunks: int
    audit_id: str


class Chunk(TypedDict):
    """A piece of a document's text."""

    id: str
    document: str
    position: int
    text: str
    section: str | None
    char_start: int
    char_end: int
    token_count: int


class Chunks(Numbered):
    """A page of chunks in the order of the text."""

    chunks: list[Chunk]


class Keyword(TypedDict):
    """A keyword and how many documents have it."""

    id: str
    normalised: str
    text: str
    document_count: int


class Keywords(Numbered):
    """A page of keywords."""

    keywords: list[Keyword]


class DocumentKeyword(TypedDict):
    """A keyword of one document."""

    id: str
    normalised: str
    text: str
    score: float


class DocumentKeywords(Traced):
    """The keywords of one document."""

    keywords: list[DocumentKeyword]


class KeywordDocument(TypedDict):
    """A document that has a keyword."""

    id: str
    title: str
    status: str
    score: float


class KeywordDetail(Keyword, Traced):
    """A keyword with the documents that have it."""

    documents: list[KeywordDocument]


class KeywordHit(Keyword):
    """A keyword near to what was asked."""

    score: float


class KeywordHits(Traced):
    """The nearest keywords."""

    results: list[KeywordHit]
    query_ms: int


class FoundDocument(TypedDict):
    """The document that a chunk is of."""

    id: str
    title: str
    mime_type: str
    source: str
    status: str
    version: int
    scope: Scope
    created_at: datetime


class GraphEvidence(TypedDict):
    """What led from one document to another."""

    kind: str
    keyword: str
    document: str


class DocumentHit(TypedDict):
    """A chunk that answers, and why."""

    score: float
    chunk: Chunk
    document: FoundDocument
    graph_evidence: list[GraphEvidence]


class DocumentHits(Traced):
    """The chunks that answer best; `note` says why, if they were found by words alone."""

    results: list[DocumentHit]
    note: str | None
    query_ms: int
    tier: str


class Links(Traced):
    """How many links were made between chunks and entities."""

    links_emitted: int
