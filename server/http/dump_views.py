"""How dumps and their totals look on the wire."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from server.control.restoring import Restored
from server.http.views import key_view, minted_view
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


def restored_view(context_id: str, restored: Restored, now: datetime, seconds: float) -> dict[str, Any]:
    """What came of it, and the one answer that holds the secrets of the keys that were minted."""
    return loaded_view(context_id, restored.loaded, seconds) | {
        "configured": restored.configured,
        "providers": list(restored.providers),
        "providers_unreadable": list(restored.unreadable),
        "keys_kept": [key_view(key, now) for key in restored.kept_keys],
        "keys_minted": [minted_view(minted, now) for minted in restored.minted],
        "documents": restored.originals.documents,
        "originals_stored": restored.originals.stored,
        "originals_missing": list(restored.originals.missing),
    }
