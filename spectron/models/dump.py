"""Dumps that were loaded."""

from dataclasses import field
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.models.key import Key, MintedKey
from spectron.models.record import Record


@dataclass(frozen=True, kw_only=True)
class Loaded(Record):
    """What a dump brought, table by table, and where it came from."""

    rows: int
    context_id: str | None = None
    kind: str = ""
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    bytes: int = 0
    schema_version: int = 0
    migrated: tuple[int, ...] = ()
    """Migrations that were applied on top, because the dump is of an older schema."""
    dump: dict[str, Any] = field(default_factory=dict)
    duration_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Restored(Loaded):
    """What a Context was made of; the secrets of minted keys are in this answer alone."""

    configured: bool = False
    """Whether its configuration and keys came with it."""
    providers: tuple[str, ...] = ()
    providers_unreadable: tuple[str, ...] = ()
    """Providers whose keys were encrypted under another master key: set them again."""
    keys_kept: tuple[Key, ...] = ()
    keys_minted: tuple[MintedKey, ...] = ()
    documents: int = 0
    originals_stored: int = 0
    originals_missing: tuple[str, ...] = ()
    """Documents whose originals are not in the object store."""


@dataclass(frozen=True, kw_only=True)
class Digest(Record):
    """What a dump of the live database would say of itself: rows and digest of each table."""

    tables: dict[str, dict[str, Any]]
    header: dict[str, Any] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
