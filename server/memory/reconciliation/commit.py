"""The transaction that writes what is derived from a turn, or finds that what it was worked out from has changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from surrealdb import RecordID

from server.core.errors import DuplicateError, ThrownError
from server.memory.beliefs import Belief, StoredAttribute, StoredRelation
from server.memory.chunks import Chunk
from server.memory.names import normalised
from server.memory.reconciliation.planner import Planner
from server.memory.reconciliation.resolving import Resolved
from server.store.engine import Database, Row
from server.store.scoped import ENSURE_ATTRIBUTES, attribute_ids
from server.store.vectors import Vector, decoded, encode

Outcome = Literal["written", "stale", "derived"]
STALE, DERIVED = "stale", "derived"

# A link that is followed outside of a SELECT finds no database after a USE in the same query.
WRITE = f"""
LET $done = SELECT VALUE id FROM $turns WHERE extracted_at != NONE;
IF array::len($done) > 0 {{ THROW '{DERIVED}' }};
{ENSURE_ATTRIBUTES}
FOR $entity IN $known_entities {{
    IF array::len(SELECT VALUE id FROM $entity WHERE forgotten_at = NONE) = 0 {{ THROW '{STALE}' }}
}};
FOR $row IN $new_entities {{
    CREATE entity CONTENT object::extend($row, {{
        scope: <set>$scope_attributes, embedding: {decoded("$row.embedding")} }}) RETURN NONE
}};
FOR $change IN $changed_entities {{
    UPDATE $change.id SET name = $change.name, aliases = $change.aliases, updated_at = $now, valid_until = NONE,
        forgotten_at = NONE RETURN NONE
}};
FOR $change IN $changed_beliefs {{
    IF array::len(SELECT VALUE id FROM $change.id WHERE forgotten_at = NONE AND valid_until = $change.was.valid_until
        AND current_key = $change.was.current_key AND supersedes = $change.was.supersedes
        AND superseded_by = $change.was.superseded_by) = 0 {{
        THROW '{STALE}'
    }};
    UPDATE $change.id MERGE $change.links RETURN NONE;
    UPDATE $change.id SET valid_until = $change.valid_until, retracted_at = $change.retracted_at,
        past_ends = $change.past_ends, current_key = $change.current_key RETURN NONE
}};
FOR $row IN $new_attributes {{
    CREATE attribute CONTENT object::extend($row, {{ scope: <set>$scope_attributes }}) RETURN NONE
}};
FOR $row IN $new_relations {{
    INSERT RELATION INTO relates_to object::extend($row, {{ scope: <set>$scope_attributes }}) RETURN NONE
}};
FOR $replaced IN $replaced_instructions {{
    UPDATE $replaced SET active = false, current_key = NONE, valid_until = $said_at, retracted_at = $now,
        updated_at = $now RETURN NONE
}};
FOR $row IN $new_instructions {{
    CREATE instruction CONTENT object::extend($row, {{ scope: <set>$scope_attributes }}) RETURN NONE
}};
FOR $row IN $new_uncertainties {{
    CREATE uncertainty CONTENT object::extend($row, {{ scope: <set>$scope_attributes }}) RETURN NONE
}};
FOR $settled IN $settled {{
    UPDATE uncertainty SET resolved = true, resolved_at = $now
        WHERE resolved = false AND claim.entity = $settled.entity AND claim.key = $settled.key RETURN NONE
}};
FOR $row IN $chunks {{
    CREATE memory_chunk CONTENT object::extend($row, {{
        scope: <set>$scope_attributes, embedding: {decoded("$row.embedding")} }}) RETURN NONE
}};
FOR $mention IN $mentions {{ INSERT RELATION INTO mentions $mention RETURN NONE }};
FOR $turn IN $turns {{ UPDATE $turn SET extracted_at = $now RETURN NONE }};
"""


async def commit(
    database: Database,
    planner: Planner,
    *,
    turns: Sequence[RecordID],
    chunks: Sequence[Chunk],
    vectors: Mapping[str, Vector],
) -> Outcome:
    """Write what was planned; `vectors` holds one for each name of a new entity, in its normalised form."""
    try:
        await database.write(WRITE, _variables(planner, turns, chunks, vectors), repeatable=True)
    except DuplicateError:
        return "stale"
    except ThrownError as error:
        if error.thrown not in {STALE, DERIVED}:
            raise
        return "stale" if error.thrown == STALE else "derived"
    return "written"


def _variables(
    planner: Planner, turns: Sequence[RecordID], chunks: Sequence[Chunk], vectors: Mapping[str, Vector]
) -> dict[str, Any]:
    basis = planner.basis
    entities = planner.entities.values()
    attributes, relations = planner.attributes.ledger, planner.relations.ledger
    directives = planner.directives.created()
    return {
        "now": basis.recorded_at,
        "said_at": basis.said_at,
        "turns": list(turns),
        "scope_attributes": attribute_ids(basis.scope),
        "known_entities": [one.id for one in entities if one.known],
        "new_entities": [_entity(one, planner, vectors) for one in entities if one.stored is None],
        "changed_entities": [_entity_change(one) for one in entities if one.stored and _grown(one, planner)],
        "changed_beliefs": [_change(*both) for both in (*attributes.changed(), *relations.changed())],
        "new_attributes": [_attribute(row) for row in attributes.created()],
        "new_relations": [_relation(row) for row in relations.created()],
        "replaced_instructions": [one.replaces.id for one in directives if one.replaces],
        "new_instructions": [
            _common(planner, one.id)
            | {"label": one.label, "description": one.description, "current_key": one.current_key, "active": True}
            for one in directives
        ],
        "new_uncertainties": [
            _common(planner, doubt.id)
            | {
                "about": doubt.about,
                "reason": doubt.reason,
                "claim": doubt.claim
                and {"entity": doubt.claim.entity, "key": doubt.claim.key, "value": doubt.claim.value},
            }
            for doubt in planner.doubts
        ],
        "settled": [
            {"entity": row.entity, "key": row.key} for row in attributes.created() if basis.source.authoritative
        ],
        "chunks": [chunk.row(basis.recorded_at) | {"embedding": encode(chunk.vector)} for chunk in chunks],
        "mentions": [
            {"in": chunk.id, "out": one.id, "created_at": basis.recorded_at}
            for chunk in chunks
            for one in entities
            if chunk.speaks_of(one.candidate.names | one.called)
        ],
    }


def _common(planner: Planner, record: RecordID) -> Row:
    basis = planner.basis
    return {
        "id": record,
        "source_turn": basis.turn,
        "created_at": basis.recorded_at,
        "labels": list(basis.labels) or None,
    }


def _entity(one: Resolved, planner: Planner, vectors: Mapping[str, Vector]) -> Row:
    basis, candidate = planner.basis, one.candidate
    name = str(one.id.id[1]).rpartition("~")[0]  # type: ignore[index]  # an entity's id is a list of two strings
    return _common(planner, one.id) | {
        "name": candidate.name,
        "type": candidate.type,
        "normalised": name,
        "aliases": sorted(candidate.aliases - {name}),
        "memory_category": candidate.memory_category,
        "embedding": encode(vectors[name]),
        "source": basis.source.row(),
        "updated_at": basis.recorded_at,
    }


def named_anew(planner: Planner) -> list[RecordID]:
    """The entities that can be named, or by other names, once this is written."""
    return [one.id for one in planner.entities.values() if _named_anew(one)]


def _named_anew(one: Resolved) -> bool:
    if one.stored is None or not one.known or one.stored.valid_until is not None:
        return True
    return one.candidate.name != one.stored.name or not one.candidate.aliases <= one.stored.names


def _grown(one: Resolved, planner: Planner) -> bool:
    """Whether there is anything new of an entity, so that its row is to be touched."""
    touched: Iterable[StoredAttribute] = planner.attributes.ledger.created()
    return _named_anew(one) or any(row.entity == one.id for row in touched)


def _entity_change(one: Resolved) -> Row:
    known = one.stored
    name = known.normalised if known else normalised(one.candidate.name)
    return {"id": one.id, "name": one.candidate.name, "aliases": sorted(one.candidate.aliases - {name})}


def _change(was: Belief, row: Belief) -> Row:
    links: dict[str, Any] = {}
    before: dict[str, Any] = {"valid_until": was.valid_until, "current_key": was.current_key}
    if isinstance(was, StoredAttribute) and isinstance(row, StoredAttribute):
        links = {"supersedes": row.supersedes, "superseded_by": row.superseded_by}
        before |= {"supersedes": was.supersedes, "superseded_by": was.superseded_by}
    return _ending(row) | {
        "id": row.id,
        "was": before,
        "links": {name: link for name, link in links.items() if link is not None},
        "current_key": row.current_key,
    }


def _ending(row: Belief) -> Row:
    ends = [{"until": end.until, "before": end.before} for end in row.past_ends]
    return {"valid_until": row.valid_until, "retracted_at": row.retracted_at, "past_ends": ends or None}


def _belief(row: Belief) -> Row:
    return _ending(row) | {
        "id": row.id,
        "memory_category": row.memory_category,
        "valid_from": row.valid_from,
        "created_at": row.created_at,
        "source": row.source.row(),
        "source_turn": row.source_turn,
        "current_key": row.current_key,
        "confidence": row.confidence,
        "labels": list(row.labels) or None,
    }


def _attribute(row: StoredAttribute) -> Row:
    return _belief(row) | {
        "entity": row.entity,
        "key": row.key,
        "value": row.value,
        "supersedes": row.supersedes,
        "superseded_by": row.superseded_by,
    }


def _relation(row: StoredRelation) -> Row:
    return _belief(row) | {"in": row.subject, "out": row.object, "label": row.label}
