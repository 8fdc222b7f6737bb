"""How dumps and their totals look on the wire."""

from dataclasses import asdict
from typing import Any

from server.store.dumps.loading import Loaded
from server.store.dumps.marks import Header, Trailer


def totals_view(header: Header, trailer: Trailer) -> dict[str, Any]:
    return {"header": asdict(header), **asdict(trailer)}


def loaded_view(context_id: str | None, loaded: Loaded, seconds: float) -> dict[str, Any]:
    return {
        "context_id": context_id,
        "kind": loaded.header.kind,
        "tables": {name: asdict(table) for name, table in loaded.tables.items()},
        "rows": loaded.rows,
        "bytes": loaded.bytes,
        "schema_version": max(loaded.header.schema_version, *loaded.migrated, 0),
        "migrated": list(loaded.migrated),
        "dump": asdict(loaded.header),
        "duration_ms": round(seconds * 1000, 2),
    }
