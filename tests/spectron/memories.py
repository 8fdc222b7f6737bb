"""What the data plane sends: documents, jobs, and everything about memory."""

from typing import Any

from tests.spectron.documents import TIME

ALICE = {"org": "acme", "user": "alice"}
TRACE = {"trace_id": "t1"}

UPLOAD: dict[str, Any] = {"id": "d1", "status": "queued", "content_hash": "ab12", "deduplicated": False, **TRACE}
DELETED: dict[str, Any] = {"id": "d1", "status": "deleted", "chunks": 3, "audit_id": "20261121-a1", **TRACE}
DOCUMENT: dict[str, Any] = {
    "id": "d1",
    "title": "Ships",
    "filename": "ships.md",
    "mime_type": "text/markdown",
    "source": "upload",
    "content_hash": "ab12",
    "size_bytes": 2048,
    "scope": {"org": "acme"},
    "status": "ready",
    "error": None,
    "version": 1,
    "language": "en",
    "chunk_count": 5,
    "keyword_count": 3,
    "metadata": {},
    "processing_started_at": TIME,
    "processing_completed_at": TIME,
    "created_at": TIME,
    "updated_at": TIME,
}
CHUNK: dict[str, Any] = {
    "id": "d1-1-0",
    "document": "d1",
    "position": 0,
    "text": "Alice works on ships.",
    "section": "Ships",
    "char_start": 0,
    "char_end": 21,
    "token_count": 5,
}
KEYWORD = {"id": "ships", "normalised": "ships", "text": "ships", "document_count": 2}
DOCUMENT_HIT = {"score": 0.68, "chunk": CHUNK, "document": {"id": "d1", "title": "Ships"}, "graph_evidence": []}
JOB: dict[str, Any] = {
    "id": "j1",
    "context_id": "acme",
    "kind": "document.process",
    "subject": "d1",
    "state": "running",
    "stage": "embedding",
    "progress": {"done": 3, "total": 5},
    "attempts": 1,
    "max_attempts": 5,
    "priority": 0,
    "error": None,
    "worker": "w1",
    "run_after": TIME,
    "created_at": TIME,
    "updated_at": TIME,
    "started_at": TIME,
    "finished_at": None,
}

PERSON = {"type": "Person", "name": "alice"}
EXTRACTION: dict[str, Any] = {
    "turn_id": "u1",
    "entities": [{**PERSON, "id": "Person/alice", "memory_category": "identity", "action": "created"}],
    "attributes": [{"entity": PERSON, "key": "location", "value": "Rome", "action": "superseded", "previous": "Porto"}],
    "relations": [
        {"subject": PERSON, "label": "located_in", "object": {"type": "Place", "name": "Rome"}, "action": "created"}
    ],
    "instructions": [{"id": "i1", "label": "brief", "description": "Always answer briefly", "action": "created"}],
    "uncertainties": [{"id": "q1", "about": "I like jazz", "reason": "hedged (maybe)"}],
    "corrections": [{"entity": PERSON, "key": "location", "old": "Porto", "new": "Rome"}],
}
REMEMBERED: dict[str, Any] = {
    "mode": "full",
    "session_id": "s1",
    "turn_id": "u1",
    "chunk_id": "c1",
    "pending": False,
    "extraction": EXTRACTION,
    **TRACE,
}
REMEMBERED_MANY = {"session_id": "s1", "turn_ids": ["u1"], "extractions": [EXTRACTION], "pending": False, **TRACE}
SESSION: dict[str, Any] = {
    "id": "s1",
    "scope": ALICE,
    "scopes": [["org/acme", "user/alice"]],
    "metadata": None,
    "turn_count": 2,
    "created_at": TIME,
    "updated_at": TIME,
}
TURN: dict[str, Any] = {
    "id": "u1",
    "session": "s1",
    "seq": 1,
    "role": "user",
    "content": "I moved to Rome.",
    "scope": ALICE,
    "labels": [],
    "memory_category": None,
    "occurred_at": TIME,
    "created_at": TIME,
}
ADDED_TURN = TURN | {"turn_id": "u1", "chunk_id": "c1", "pending": False, "extraction": EXTRACTION, **TRACE}
ENTITY: dict[str, Any] = {
    "id": "Person/alice~1",
    "entity_type": "Person",
    "name": "alice",
    "aliases": [],
    "memory_category": "identity",
    "importance": 1.0,
    "confidence": None,
    "scope": ALICE,
    "source_turn": "u1",
    "created_at": TIME,
    "updated_at": TIME,
}
BELIEF: dict[str, Any] = {
    "valid_from": TIME,
    "valid_until": None,
    "created_at": TIME,
    "retracted_at": None,
    "said_at": TIME,
    "id": "a1",
    "memory_category": "identity",
    "importance": 1.0,
    "confidence": 0.9,
    "scope": ALICE,
    "source": "turn",
    "source_turn": "u1",
    "labels": [],
}
ATTRIBUTE: dict[str, Any] = BELIEF | {
    "entity": "Person/alice",
    "key": "location",
    "value": "Rome",
    "supersedes": "a0",
    "superseded_by": None,
}
RELATION = BELIEF | {"id": "r1", "subject": "Person/alice", "label": "located_in", "object": "Place/Rome"}
INSTRUCTION = {"id": "i1", "label": "brief", "description": "Always answer briefly", "scope": ALICE, "created_at": TIME}
DOUBT = {"id": "q1", "about": "I like jazz", "reason": "hedged (maybe)", "scope": ALICE, "created_at": TIME}
BELIEFS = {"entities": [ENTITY], "attributes": [ATTRIBUTE], "relations": [RELATION]}
EMPTY_BELIEFS: dict[str, Any] = {"entities": [], "attributes": [], "relations": []}
ENTITY_DETAIL = {"entity": ENTITY, **BELIEFS, **TRACE}
STATE: dict[str, Any] = {
    "identity": BELIEFS,
    "knowledge": EMPTY_BELIEFS,
    "context": EMPTY_BELIEFS,
    "instructions": [INSTRUCTION],
    "unknowns": [DOUBT],
    "truncated": False,
    "as_of": TIME,
    **TRACE,
}
STATE_DIFF: dict[str, Any] = {
    "since": TIME,
    "until": TIME,
    "added": [],
    "changed": [ATTRIBUTE | {"old": "Porto", "new": "Rome"}],
    "ended": [],
    "relations_added": [RELATION],
    "relations_ended": [],
    "instructions_added": [INSTRUCTION],
    "instructions_ended": [],
    "unknowns": [DOUBT],
    "entities_added": [ENTITY],
    "truncated": False,
    **TRACE,
}
PROFILE: dict[str, Any] = {
    "user": [ENTITY],
    "static": [ATTRIBUTE],
    "dynamic": [],
    "preferences": [],
    "relations": [RELATION],
    "instructions": [INSTRUCTION],
    **TRACE,
}
INSPECTION = {"kind": "attribute", "ref": "attribute:Person/alice/location", "current": [ATTRIBUTE], "history": []}
FORGOTTEN: dict[str, Any] = {
    "deleted": 3,
    "would_delete": 3,
    "counts": {"turn": 1, "attribute": 2},
    "purged": False,
    "dry_run": False,
    **TRACE,
}
WOULD_FORGET = FORGOTTEN | {"deleted": 0, "dry_run": True}
REINSTATED = {"context_id": "acme", "reinstated": 2, "counts": {"entity": 1, "attribute": 1}}
PLACE: dict[str, Any] = {
    "path": "org/acme/user/alice",
    "scope": ALICE,
    "display_name": "Alice",
    "description": None,
    "registered": True,
    "created_at": TIME,
    "tombstoned_at": None,
}
ERASED = {"forgotten": 4, "counts": {"turn": 3, "document": 1}, **TRACE}
HIT: dict[str, Any] = {
    "id": "attribute:Person/alice/location/a1",
    "score": 1.0,
    "source": "fact",
    "text": "alice — location: Rome",
    "scope": ALICE,
    "created_at": TIME,
    "labels": [],
    "turn_id": "u1",
    "session_id": "s1",
    "entity": PERSON,
    "signals": {"coverage": 1.0},
}
RECALLED: dict[str, Any] = {
    "tier": "direct",
    "tier_reason": "location of alice is a known fact",
    "hits": [HIT],
    "seed_entities": ["alice"],
    "classification_kind": "typed",
    "index": "ready",
    "query_ms": 6,
    "trace": {"tier": "direct"},
    **TRACE,
}
BLOCK: dict[str, Any] = {
    "context": "## What is known\n- alice — location: Rome",
    "tokens": 38,
    "truncated": False,
    "tier": "direct",
    "sources": [HIT["id"]],
    "query_ms": 6,
    **TRACE,
}
REPLY: dict[str, Any] = {
    "reply": "Alice lives in Rome.",
    "session_id": "s1",
    "trace_id": "t1",
    "model": "offline",
    "note": None,
    "evidence": [HIT | {"cite": 1, "cited": True}],
    "memory_updates": EXTRACTION,
}
REFLECTION: dict[str, Any] = {
    "reflection": "She travels. [1]",
    "evidence": [HIT["id"]],
    "citations": [HIT | {"cite": 1, "cited": True}],
    "persisted_attributes": [{"key": "reflection", "value": "She travels."}],
    "turn_id": "u9",
    "model": "offline",
    "note": None,
    "tier": "hybrid",
    "token_cost": 0,
    **TRACE,
}
TRACE_ROW: dict[str, Any] = {
    "id": "t1",
    "kind": "query",
    "query": "Where does alice live?",
    "tier": "direct",
    "tier_reason": "location of alice is a known fact",
    "cached": False,
    "duration_ms": 6.25,
    "sources": [HIT["id"]],
    "returned": [HIT["id"]],
    "written": {},
    "token_cost": 0,
    "model": None,
    "principal": "agent",
    "scope": ALICE,
    "created_at": TIME,
}
TRACE_DETAIL = TRACE_ROW | {"candidates": [{"id": HIT["id"], "score": 1.0, "signals": {"coverage": 1.0}}]}
TRACE_STATS: dict[str, Any] = {
    "since": TIME,
    "until": TIME,
    "window_hours": 24,
    "total": 12,
    "total_queries": 10,
    "tier_counts": {"direct": 6, "cache": 2, "hybrid": 2},
    "cache_hits": 2,
    "cache_hit_rate": 0.2,
    "avg_latency_ms": 7.5,
    "latency": {"count": 10, "mean_ms": 7.5, "p50_ms": 6.0, "p95_ms": 12.0, "p99_ms": 20.0, "slowest_ms": 21.0},
    "kinds": {"query": {"count": 10, "mean_ms": 7.5, "p50_ms": 6.0, "p95_ms": 12.0, "p99_ms": 20.0}},
    "token_cost": 0,
}
LOADED: dict[str, Any] = {
    "context_id": "acme",
    "kind": "context",
    "tables": {"turn": {"rows": 3, "digest": "ab"}},
    "rows": 3,
    "bytes": 100,
    "schema_version": 1,
    "migrated": [],
    "dump": {"context_id": "old", "exported_at": TIME},
    "duration_ms": 5.0,
}
FSCK: dict[str, Any] = {
    "checked": {"documents": 3},
    "problems": [{"kind": "orphaned_object", "id": "o1", "detail": "belongs to no document", "repaired": True}],
    "count": 1,
    "repaired": 1,
    "total": 2,
    "contradictions": [],
    "duplicates": [{"a": "x", "b": "y"}],
    "injection": [],
    **TRACE,
}


def numbered(key: str, *items: Any, page: int = 1, page_size: int = 50, total: int | None = None) -> dict[str, Any]:
    """A page of a list whose pages have numbers."""
    counted = len(items) if total is None else total
    return {key: list(items), "page": page, "page_size": page_size, "total": counted, **TRACE}


def part_of(key: str, *items: Any, more: bool = False) -> dict[str, Any]:
    """A part of a list that is asked for by its offset."""
    return {key: list(items), "has_more": more, **TRACE}


GRANTS: dict[str, Any] = {"memory:read": ["org/acme/*"], "memory:write": ["org/acme/*"]}
PRINCIPAL: dict[str, Any] = {"id": "k1", "display_name": "bot", "kind": "agent", "grants": GRANTS}
CALLER: dict[str, Any] = {
    "principal_id": "k1",
    "display_name": "bot",
    "kind": "agent",
    "enforce": True,
    "grants": GRANTS,
    "effective_grants": GRANTS,
    "delegated_principal_id": None,
    "token_grants": None,
    "trace_id": "t1",
}
ACCESSES: dict[str, Any] = {
    "rows": [
        {
            "trace_id": "t2",
            "created_at": "2026-11-01T12:00:01Z",
            "kind": "retrieval",
            "operation": "query",
            "cost": 0.0,
            "latency_ms": 4,
            "rows_touched": 3,
            "model": None,
            "principal": "k1",
            "principal_kind": "agent",
            "session_id": None,
            "scope": {"org": "acme"},
        }
    ],
    "events": [
        {
            "id": "e1",
            "kind": "memory",
            "action": "memory.forget",
            "actor": "k1",
            "principal": "agent",
            "outcome": "done",
            "detail": {"count": 1},
            "request_id": "r1",
            "scope": {"org": "acme"},
            "created_at": "2026-11-01T12:00:02Z",
        }
    ],
    "trace_id": "t3",
}
CONSOLIDATION: dict[str, Any] = {
    "created": 1,
    "updated": 0,
    "superseded": 0,
    "dry_run": True,
    "outcomes": [
        {
            "entity_name": "alice",
            "key": "observed_likes",
            "kind": "create",
            "value": "likes: hiking and chess",
            "proof_count": 2,
            "rationale": "2 values of likes hold at once.",
            "observation_id": None,
        }
    ],
    "trace_id": "t1",
}
ELABORATION: dict[str, Any] = {
    "relations_emitted": 1,
    "dry_run": False,
    "outcomes": [
        {
            "entity_name": "alice",
            "entity_type": "Person",
            "dry_run": False,
            "relations_emitted": 1,
            "trace_id": "t1",
            "proposed_relations": [
                {
                    "subject": {"type": "Person", "name": "alice"},
                    "label": "colleague_of",
                    "object": {"type": "Person", "name": "bob"},
                    "confidence": 0.5,
                    "rationale": "Both work at Globex.",
                }
            ],
        }
    ],
    "trace_id": "t1",
}
