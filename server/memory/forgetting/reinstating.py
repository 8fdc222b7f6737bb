"""Taking back what was forgotten: all records that were hidden by the same act live again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from surrealdb import RecordID

from server.control.accounting import RECORD
from server.core.errors import DuplicateError, TransactionConflictError
from server.index.writes import IndexedChunk, IndexWrites
from server.memory.beliefs import Belief, PastEnd, StoredAttribute, StoredRelation, attribute_from, relation_from
from server.memory.current_keys import of_attribute, of_instruction, of_relation
from server.memory.forgetting.selection import TABLES, Bounds
from server.store.engine import Database, Row
from server.store.scoped import scope_of
from server.store.vectors import ENCODED, decode

ATTEMPTS = 8
TOGETHER = ";\n".join(
    f"SELECT * FROM (SELECT * OMIT embedding FROM {table} WITH NOINDEX WHERE forgotten_at = $at) WHERE {{within}}"
    for table in TABLES
)
HEADS = """SELECT id, current_key, valid_from, created_at FROM attribute WHERE current_key IN $keys;
SELECT id, current_key, valid_from, created_at FROM relates_to WHERE current_key IN $keys;
SELECT id, current_key, created_at FROM instruction WHERE current_key IN $keys"""
# What is not a belief only has its end taken away; a belief gets the one that it has from now on.
SHOW = f"""UPDATE $plain SET forgotten_at = NONE, valid_until = IF valid_until = $at THEN NONE ELSE valid_until END
    WHERE forgotten_at = $at RETURN NONE;
FOR $row IN $beliefs {{
    UPDATE $row.id SET forgotten_at = NONE, valid_until = $row.valid_until, retracted_at = $row.retracted_at,
        past_ends = $row.past_ends, current_key = $row.current_key WHERE forgotten_at = $at RETURN NONE;
    IF $row.superseded_by != NONE {{ UPDATE $row.id SET superseded_by = $row.superseded_by RETURN NONE }}
}};
FOR $row IN $instructions {{
    UPDATE $row.id SET forgotten_at = NONE, valid_until = $row.valid_until, current_key = $row.current_key,
        active = $row.active WHERE forgotten_at = $at RETURN NONE
}};
{RECORD}"""
CHUNKS = f"SELECT id, text, scope, {ENCODED} AS vector FROM $chunks"


async def reinstate(
    database: Database,
    index: IndexWrites,
    bounds: Bounds,
    at: datetime,
    now: datetime,
    audit: Row,
    width: int,
) -> dict[str, int]:
    """Bring back what was hidden at a moment; how many records of each table those were, none if nothing is left."""
    for _ in range(ATTEMPTS):
        within, variables = bounds.condition()
        found = await database.read(TOGETHER.format(within=within), variables | {"at": at})
        rows = dict(zip(TABLES, found, strict=True))
        counts = {table: len(of_table) for table, of_table in rows.items() if of_table}
        if not counts:
            return counts
        counted = audit | {"detail": {"counts": counts}}
        try:
            await database.write(SHOW, await _plan(database, rows, at, now) | {"at": at, "audit": counted})
        except DuplicateError:
            continue
        await index.entities_changed(database, [row["id"] for row in rows["entity"]])
        chunks = await database.rows(CHUNKS, {"chunks": [row["id"] for row in rows["memory_chunk"]]})
        await index.chunks_added(database, [_indexed(row, width) for row in chunks])
        return counts
    raise TransactionConflictError("What is known there keeps changing; try to reinstate it again.")


async def _plan(database: Database, rows: Mapping[str, Sequence[Row]], at: datetime, now: datetime) -> dict[str, Any]:
    attributes = [_reopened(attribute_from(row), at) for row in rows["attribute"]]
    relations = [_reopened(relation_from(row), at) for row in rows["relates_to"]]
    directives = [row for row in rows["instruction"] if row.get("retracted_at") is None]
    keys = {belief.id: _key(belief) for belief in (*attributes, *relations) if _could_be_current(belief, now)}
    keys |= {row["id"]: of_instruction(scope_of(row["scope"]), row["label"]) for row in directives}
    answers = await database.read(HEADS, {"keys": sorted(set(keys.values()))})
    heads = {row["current_key"]: row for answer in answers for row in answer}
    beliefs = _placed([*attributes, *relations], keys, heads, now)
    return {
        "plain": [
            row["id"] for table in ("session", "turn", "memory_chunk", "entity", "uncertainty") for row in rows[table]
        ],
        "beliefs": [_belief_row(belief) for belief in beliefs],
        "instructions": [_instruction_row(row, keys, heads, at) for row in rows["instruction"]],
    }


def _placed(
    beliefs: Sequence[Belief], keys: Mapping[RecordID, str], heads: dict[str, Row], now: datetime
) -> list[Belief]:
    """Each belief with its key, or ended where another has taken its place; of several the latest is current."""
    placed = []
    for belief in sorted(beliefs, key=lambda one: (one.source.at, one.created_at), reverse=True):
        key = keys.get(belief.id)
        head = heads.get(key) if key else None
        if key is None:
            placed.append(belief)
        elif head is None:
            heads[key] = {"id": belief.id, "valid_from": belief.valid_from, "created_at": belief.created_at}
            placed.append(replace(belief, current_key=key))
        else:
            placed.append(_replaced(belief, head, now))
    return placed


def _reopened(belief: Belief, at: datetime) -> Belief:
    """As it was before it was hidden, which closed it if it was open."""
    closed_by_hiding = belief.valid_until == at and belief.retracted_at != at
    return replace(belief, valid_until=None) if closed_by_hiding else belief


def _could_be_current(belief: Belief, now: datetime) -> bool:
    superseded = isinstance(belief, StoredAttribute) and belief.superseded_by is not None
    return belief.in_force(now) and not superseded


def _replaced(belief: Belief, head: Row, now: datetime) -> Belief:
    until = head.get("valid_from") or head["created_at"]
    if belief.valid_from is not None:
        until = max(until, belief.valid_from)
    past = PastEnd(belief.valid_until, now)
    ended = replace(belief, valid_until=until, retracted_at=now, past_ends=(*belief.past_ends, past))
    return replace(ended, superseded_by=head["id"]) if isinstance(ended, StoredAttribute) else ended


def _key(belief: Belief) -> str:
    if isinstance(belief, StoredAttribute):
        return of_attribute(belief.scope, belief.entity, belief.key, belief.value)
    if isinstance(belief, StoredRelation):
        return of_relation(belief.scope, belief.subject, belief.label, belief.object)
    raise AssertionError(f"{type(belief).__name__} is neither an attribute nor a relation")


def _belief_row(belief: Belief) -> Row:
    ends = [{"until": end.until, "before": end.before} for end in belief.past_ends]
    return {
        "id": belief.id,
        "valid_until": belief.valid_until,
        "retracted_at": belief.retracted_at,
        "past_ends": ends or None,
        "current_key": belief.current_key,
        "superseded_by": belief.superseded_by if isinstance(belief, StoredAttribute) else None,
    }


def _instruction_row(row: Row, keys: Mapping[RecordID, str], heads: Mapping[str, Row], at: datetime) -> Row:
    key = keys.get(row["id"])
    current = key is not None and key not in heads
    until = row.get("valid_until")
    return {
        "id": row["id"],
        "valid_until": (None if until == at else until) if current else until,
        "current_key": key if current else None,
        "active": current,
    }


def _indexed(row: Row, width: int) -> IndexedChunk:
    return IndexedChunk(row["id"], row["text"], decode(row["vector"], width), scope_of(row["scope"]))
