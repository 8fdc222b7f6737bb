"""How entities and what is believed of them look on the wire."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from surrealdb import RecordID

from server.core.importance import INITIAL
from server.core.scope import as_mapping
from server.http.memory_views import ref_text
from server.memory.beliefs import Belief, StoredAttribute, StoredRelation
from server.memory.entities import StoredEntity
from server.memory.reading.beliefs import Beliefs
from server.memory.reading.changes import Changes
from server.memory.reading.people import Profile
from server.memory.reading.standing import Doubt, Instruction

Entities = Mapping[RecordID, StoredEntity]
CATEGORIES = ("identity", "knowledge", "context")


def entity_view(entity: StoredEntity) -> dict[str, Any]:
    return {
        "id": ref_text(entity.id),
        "entity_type": entity.type,
        "name": entity.name,
        "aliases": list(entity.aliases),
        "memory_category": entity.memory_category,
        "importance": INITIAL[entity.memory_category],
        "confidence": entity.confidence,
        "scope": as_mapping(entity.scope),
        "source_turn": ref_text(entity.source_turn),
        "created_at": entity.created_at,
        "updated_at": entity.updated_at,
    }


def attribute_view(row: StoredAttribute, entities: Entities) -> dict[str, Any]:
    return _belief(row) | {
        "entity": named(row.entity, entities),
        "key": row.key,
        "value": row.value,
        "supersedes": ref_text(row.supersedes),
        "superseded_by": ref_text(row.superseded_by),
    }


def relation_view(row: StoredRelation, entities: Entities) -> dict[str, Any]:
    return _belief(row) | {
        "subject": named(row.subject, entities),
        "label": row.label,
        "object": named(row.object, entities),
    }


def instruction_view(instruction: Instruction) -> dict[str, Any]:
    return {
        "id": ref_text(instruction.id),
        "label": instruction.label,
        "description": instruction.description,
        "scope": as_mapping(instruction.scope),
        "source_turn": ref_text(instruction.source_turn),
        "created_at": instruction.created_at,
    }


def doubt_view(doubt: Doubt) -> dict[str, Any]:
    return {
        "id": ref_text(doubt.id),
        "about": doubt.about,
        "reason": doubt.reason,
        "scope": as_mapping(doubt.scope),
        "source_turn": ref_text(doubt.source_turn),
        "created_at": doubt.created_at,
    }


def beliefs_view(beliefs: Beliefs) -> dict[str, Any]:
    return {
        "attributes": [attribute_view(row, beliefs.entities) for row in beliefs.attributes],
        "relations": [relation_view(row, beliefs.entities) for row in beliefs.relations],
    }


def state_view(beliefs: Beliefs, instructions: Iterable[Instruction], doubts: Iterable[Doubt]) -> dict[str, Any]:
    """The memories by category, instructions and doubts beside them."""
    by_category = {
        category: {
            "entities": [entity_view(one) for one in beliefs.entities.values() if one.memory_category == category],
            "attributes": [
                attribute_view(row, beliefs.entities) for row in beliefs.attributes if row.memory_category == category
            ],
            "relations": [
                relation_view(row, beliefs.entities) for row in beliefs.relations if row.memory_category == category
            ],
        }
        for category in CATEGORIES
    }
    return by_category | {
        "instructions": [instruction_view(one) for one in instructions],
        "unknowns": [doubt_view(one) for one in doubts],
        "truncated": beliefs.truncated,
    }


def profile_view(profile: Profile) -> dict[str, Any]:
    def entries(rows: Iterable[StoredAttribute]) -> list[dict[str, Any]]:
        return [attribute_view(row, profile.beliefs.entities) for row in rows]

    return {
        "user": [entity_view(one) for one in profile.user],
        "static": entries(profile.static),
        "dynamic": entries(profile.dynamic),
        "preferences": entries(profile.preferences),
        "relations": [relation_view(row, profile.beliefs.entities) for row in profile.beliefs.relations],
        "instructions": [instruction_view(one) for one in profile.instructions],
    }


def changes_view(changes: Changes) -> dict[str, Any]:
    entities = changes.entities
    return {
        "since": changes.since,
        "until": changes.until,
        "added": [attribute_view(row, entities) for row in changes.added],
        "changed": [
            attribute_view(one.new, entities) | {"old": one.old.value, "new": one.new.value} for one in changes.changed
        ],
        "ended": [attribute_view(row, entities) for row in changes.ended],
        "relations_added": [relation_view(row, entities) for row in changes.relations_added],
        "relations_ended": [relation_view(row, entities) for row in changes.relations_ended],
        "instructions_added": [instruction_view(one) for one in changes.instructions_added],
        "instructions_ended": [instruction_view(one) for one in changes.instructions_ended],
        "unknowns": [doubt_view(one) for one in changes.doubts],
        "entities_added": [entity_view(one) for one in changes.new_entities],
        "truncated": changes.truncated,
    }


def named(record: RecordID, entities: Entities) -> str:
    """An entity as `<type>/<name>`."""
    entity = entities[record]
    return f"{entity.type}/{entity.name}"


def _belief(row: Belief) -> dict[str, Any]:
    times: dict[str, datetime | None] = {
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "created_at": row.created_at,
        "retracted_at": row.retracted_at,
        "said_at": row.source.at,
    }
    return times | {
        "id": ref_text(row.id),
        "memory_category": row.memory_category,
        "importance": row.importance if row.importance is not None else INITIAL[row.memory_category],
        "confidence": row.confidence,
        "scope": as_mapping(row.scope),
        "source": row.source.kind,
        "source_turn": ref_text(row.source_turn),
        "labels": list(row.labels),
    }
