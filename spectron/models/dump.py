"""Dumps that were loaded."""

from dataclasses import field
from typing import Any

from pydantic.dataclasses import dataclass

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
