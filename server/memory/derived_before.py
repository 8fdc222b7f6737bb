"""What was derived from turns at another time, read back from what it led to."""

from collections.abc import Sequence

import numpy as np

from server.memory.beliefs import attribute_from, relation_from
from server.memory.chunks import Chunk
from server.memory.derivation import Derived
from server.memory.entities import by_ids
from server.memory.extraction.diff import EntityRef
from server.memory.reconciliation.effects import (
    AttributeEffect,
    CorrectionEffect,
    Effects,
    EntityEffect,
    InstructionEffect,
    RelationEffect,
    UncertaintyEffect,
)
from server.memory.turns import Turn
from server.store.engine import Database, Row

NO_VECTOR = np.zeros(0, np.float32)
WAITING = "SELECT VALUE id FROM $turns WHERE extracted_at = NONE"
MADE = """SELECT VALUE id FROM entity WITH NOINDEX WHERE source_turn IN $turns;
SELECT *, supersedes.value AS previous, [entity.name, entity.type] AS of
    FROM attribute WITH NOINDEX WHERE source_turn IN $turns ORDER BY created_at;
SELECT *, [in.name, in.type] AS of, [out.name, out.type] AS to
    FROM relates_to WITH NOINDEX WHERE source_turn IN $turns ORDER BY created_at;
SELECT id, label, description, created_at FROM instruction WITH NOINDEX WHERE source_turn IN $turns ORDER BY created_at;
SELECT id, about, reason, created_at FROM uncertainty WITH NOINDEX WHERE source_turn IN $turns ORDER BY created_at;
SELECT id, text, token_count, source_turn FROM memory_chunk WHERE source_turn IN $turns"""


async def derived_before(database: Database, turns: Sequence[Turn]) -> Derived | None:
    """What turns have led to, as far as it was new and is still there; None while nothing was derived from them."""
    said = {turn.record: turn for turn in turns}
    if await database.rows(WAITING, {"turns": list(said)}):
        return None
    made, attributes, relations, instructions, doubts, chunks = await database.read(MADE, {"turns": list(said)})
    named = [*(row["entity"] for row in attributes), *(row[end] for row in relations for end in ("in", "out"))]
    entities = await by_ids(database, list(dict.fromkeys([*made, *named])))
    effects = Effects(
        entities=[
            EntityEffect(one.id, one.type, one.name, one.memory_category, "created" if one.id in made else "matched")
            for one in entities.values()
        ],
        attributes=[_attribute(row) for row in attributes],
        relations=[_relation(row) for row in relations],
        instructions=[
            InstructionEffect(row["id"], row["label"], row["description"], "created") for row in instructions
        ],
        uncertainties=[UncertaintyEffect(row["id"], row["about"], row["reason"]) for row in doubts],
    )
    for one in effects.attributes:
        if one.previous is not None:
            effects.corrected(CorrectionEffect(one.entity, one.key, one.previous, one.value))
    pieces = (Chunk(row["id"], said[row["source_turn"]], row["text"], row["token_count"], NO_VECTOR) for row in chunks)
    return Derived(tuple(pieces), effects)


def _attribute(row: Row) -> AttributeEffect:
    stored = attribute_from(row)
    return AttributeEffect(
        entity=_ref(row["of"]),
        key=stored.key,
        value=stored.value,
        memory_category=stored.memory_category,
        confidence=stored.confidence,
        action="superseded" if stored.supersedes else "created",
        id=stored.id,
        previous=row.get("previous"),
        valid_from=stored.valid_from,
        valid_until=stored.valid_until,
    )


def _relation(row: Row) -> RelationEffect:
    stored = relation_from(row)
    return RelationEffect(
        subject=_ref(row["of"]),
        label=stored.label,
        object=_ref(row["to"]),
        memory_category=stored.memory_category,
        confidence=stored.confidence,
        action="created",
        id=stored.id,
        valid_from=stored.valid_from,
        valid_until=stored.valid_until,
    )


def _ref(named: Sequence[str]) -> EntityRef:
    name, type_name = named
    return EntityRef(type_name, name)
