"""What is believed already of the things that a turn speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from surrealdb import RecordID

from server.core.vocabulary.keys import key_named
from server.memory.beliefs import (
    StoredAttribute,
    StoredRelation,
    attribute_from,
    attribute_range,
    attributes_of,
    relation_from,
)
from server.memory.current_keys import of_instruction
from server.memory.extraction.diff import Extraction
from server.memory.names import normalised
from server.memory.reconciliation.basis import Basis
from server.memory.reconciliation.resolving import Resolution
from server.store.engine import Database, Row

# What is open, what was said later, and what says the same: all that a new value of that key could touch.
ATTRIBUTES = """SELECT * FROM {range} WHERE forgotten_at = NONE AND (current_key != NONE OR valid_until = NONE
    OR valid_until > $said_at OR source.at > $said_at OR value IN $values)"""
RELATIONS = """SELECT *, [out.name, out.normalised, out.aliases] AS object_names FROM array::flatten((
    SELECT VALUE ->(relates_to WHERE forgotten_at = NONE AND label IN $labels).id FROM $subjects))"""
INSTRUCTIONS = """SELECT id, label, description, current_key FROM instruction
    WHERE current_key IN $keys AND forgotten_at = NONE"""


@dataclass(frozen=True, slots=True)
class StoredInstruction:
    """A directive in force."""

    id: RecordID
    label: str
    description: str
    current_key: str


@dataclass(slots=True)
class Known:
    """Rows that the turn may change."""

    attributes: list[StoredAttribute] = field(default_factory=list)
    relations: list[StoredRelation] = field(default_factory=list)
    instructions: list[StoredInstruction] = field(default_factory=list)


async def read_known(database: Database, basis: Basis, extraction: Extraction, resolution: Resolution) -> Known:
    """Everything believed of the entities, keys and labels that the extraction names."""
    pairs = _pairs(extraction, resolution)
    variables: dict[str, Any] = {
        "said_at": basis.said_at,
        "values": [attribute.value for attribute in extraction.attributes],
        "subjects": sorted({entity for entity, _ in pairs} | _subjects(extraction, resolution), key=str),
        "labels": _labels(extraction),
        "keys": [of_instruction(basis.scope, instruction.label) for instruction in extraction.instructions],
    }
    statements = [RELATIONS, INSTRUCTIONS]
    for number, (entity, key) in enumerate(pairs):
        low, high = f"low_{number}", f"high_{number}"
        variables[low], variables[high] = attributes_of(entity, key)
        statements.append(ATTRIBUTES.format(range=attribute_range(f"${low}", f"${high}")))
    relations, instructions, *attributes = await database.read(";\n".join(statements), variables)
    return Known(
        [attribute_from(row) for rows in attributes for row in rows],
        [relation_from(row, _names(row)) for row in relations],
        [StoredInstruction(**row) for row in instructions],
    )


def _pairs(extraction: Extraction, resolution: Resolution) -> Sequence[tuple[RecordID, str]]:
    stated = [(attribute.entity, attribute.key) for attribute in extraction.attributes]
    corrected = [(correction.entity, correction.key) for correction in extraction.corrections]
    pairs = dict.fromkeys((resolution.id_of(ref), key) for ref, key in (*stated, *corrected))
    return [(entity, key) for entity, key in pairs if resolution.entities[entity].known]


def _subjects(extraction: Extraction, resolution: Resolution) -> set[RecordID]:
    subjects = {resolution.id_of(relation.subject) for relation in extraction.relations}
    return {subject for subject in subjects if resolution.entities[subject].known}


def _labels(extraction: Extraction) -> list[str]:
    keys = {attribute.key for attribute in extraction.attributes}
    keys |= {correction.key for correction in extraction.corrections}
    implied = {implies.label for key in keys if (implies := key_named(key).implies)}
    return sorted({relation.label for relation in extraction.relations} | keys | implied)


def _names(row: Row) -> frozenset[str]:
    name, known, aliases = row["object_names"]
    return frozenset(normalised(one) for one in (name, known, *(aliases or ())) if one)
