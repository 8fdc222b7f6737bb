"""How sessions, turns and what was made of them look on the wire."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from surrealdb import RecordID

from server.core.scope import Scope, as_mapping
from server.memory.derivation import Derived
from server.memory.reconciliation.effects import Effects
from server.memory.remembering import Remembered
from server.memory.sessions import Session
from server.memory.turns import Turn


def ref_text(record: RecordID | None) -> str | None:
    """The id of a record as one text: an entity's two parts with a slash between them, of an attribute its last one."""
    if record is None:
        return None
    if not isinstance(record.id, list):
        return str(record.id)
    return "/".join(map(str, record.id)) if record.table_name == "entity" else str(record.id[-1])


def scopes_view(scope: Scope) -> list[list[str]]:
    """A scope as the clauses that the official client sends."""
    return [[f"{key}/{value}" for key, value in sorted(scope)]]


def session_view(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "scope": as_mapping(session.scope),
        "scopes": scopes_view(session.scope),
        "metadata": session.metadata,
        "turn_count": session.turn_count,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }


def turn_view(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "session": turn.session_id,
        "seq": turn.seq,
        "role": turn.role,
        "content": turn.content,
        "scope": as_mapping(turn.scope),
        "labels": list(turn.labels),
        "memory_category": turn.memory_category,
        "metadata": dict(turn.metadata),
        "infer": turn.infer,
        "pending": turn.extracted_at is None,
        "occurred_at": turn.said_at,
        "created_at": turn.created_at,
    }


def remembered_view(remembered: Remembered) -> dict[str, Any]:
    """What was made of a turn; `pending` while a provider's failure keeps it from being understood."""
    derived, turn = remembered.derived, remembered.turn
    return {
        "turn_id": turn.id,
        "chunk_id": _chunk(remembered),
        "chunk_ids": [ref_text(chunk.id) for chunk in derived.chunks if chunk.turn.id == turn.id] if derived else [],
        "pending": derived is None,
        "extraction": effects_view(derived.effects, turn.id) if derived else None,
    }


def effects_view(effects: Effects, turn_id: str = "") -> dict[str, Any]:
    """The structured diff, each part with what became of it."""
    parts = {each.name: _plain(getattr(effects, each.name)) for each in fields(effects)}
    return {"turn_id": turn_id} | parts


def written_view(derived: Iterable[Derived | None]) -> dict[str, int]:
    """How much was derived, for the trace: counts, never content."""
    counts: Counter[str] = Counter()
    for one in derived:
        counts.update(one.counts if one else {})
    return dict(counts)


def _chunk(remembered: Remembered) -> str | None:
    chunks = remembered.derived.chunks if remembered.derived else ()
    return next((ref_text(chunk.id) for chunk in chunks if chunk.turn.id == remembered.turn.id), None)


def _plain(value: Any) -> Any:
    if isinstance(value, RecordID):
        return ref_text(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value
