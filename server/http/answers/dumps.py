"""Answers about dumps and what they hold."""

from datetime import datetime

from typing_extensions import TypedDict

from server.http.answers.contexts import Key, MintedKey


class TableDigest(TypedDict):
    """How many rows, and what they come to."""

    rows: int
    digest: str


class DumpHeader(TypedDict):
    """Where a dump is from."""

    format: int
    kind: str
    context_id: str | None
    schema_version: int
    rows: str
    engine: str
    engine_version: str
    server_version: str
    exported_at: datetime


class Digest(TypedDict):
    """What a dump of this moment would prove."""

    header: DumpHeader
    tables: dict[str, TableDigest]
    indexes: list[str]
    statements: int


class Imported(TypedDict):
    """What came in, compared with what the dump says."""

    context_id: str | None
    kind: str
    tables: dict[str, TableDigest]
    rows: int
    bytes: int
    schema_version: int
    migrated: list[str]
    dump: DumpHeader
    duration_ms: float


class Restored(Imported):
    """A Context that was made of a dump, with what came beside it; the secrets of minted keys are shown this once."""

    configured: bool
    providers: list[str]
    providers_unreadable: list[str]
    keys_kept: list[Key]
    keys_minted: list[MintedKey]
    documents: int
    originals_stored: int
    originals_missing: list[str]
