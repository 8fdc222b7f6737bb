"""A document as the database keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from server.core.scope import Scope
from server.store.engine import Row
from server.store.scoped import scope_of

Status = Literal["queued", "extracting", "chunking", "embedding", "keywording", "ready", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)
FINAL: tuple[Status, ...] = ("ready", "failed")


@dataclass(frozen=True)
class Document:
    """A source file and how far its processing has come."""

    id: str
    title: str
    mime_type: str
    source: str
    storage_key: str
    content_hash: str
    size_bytes: int
    scope: Scope
    status: Status
    version: int
    created_at: datetime
    updated_at: datetime
    language: str | None = None
    chunk_count: int | None = None
    keyword_count: int | None = None
    error: str | None = None
    processing_started_at: datetime | None = None
    processing_completed_at: datetime | None = None
    filename: str | None = None
    declared_mime_type: str | None = None
    metadata: Mapping[str, Any] | None = None
    attempt: str | None = None

    @classmethod
    def of(cls, row: Row) -> "Document":
        """The document in a row that was selected with its id as text."""
        known = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        return cls(**known | {"scope": scope_of(row["scope"])})

    @property
    def seen_version(self) -> int | None:
        """The version whose chunks readers see; None before there is one."""
        return None if self.chunk_count is None else self.version

    @property
    def next_version(self) -> int:
        """The version that the next processing writes; the first one fills the row's own."""
        return self.version if self.chunk_count is None else self.version + 1
