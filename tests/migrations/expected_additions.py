"""What the schema of a Context has beyond the published data model, and nothing else."""

from tests.migrations.description import (
    CREATED,
    INT,
    OBJECT,
    OPTION_CATEGORY,
    OPTION_DATETIME,
    OPTION_FLOAT,
    OPTION_INT,
    OPTION_OBJECT,
    OPTION_SCOPE,
    OPTION_STRING,
    OPTION_STRINGS,
    PAIR_INDEX,
    SCOPE,
    SOURCE_KIND,
    STRING,
    Field,
    Index,
    Table,
    one_of,
)

SOURCE = {
    "source": OPTION_OBJECT,
    "source.kind": SOURCE_KIND,
    "source.document": Field("option<record<document>>"),
    "source.chunk": Field("option<record<knowledge_chunk>>"),
}
SOFT_DELETION = {"valid_until": OPTION_DATETIME, "forgotten_at": OPTION_DATETIME}
PAST_ENDS = {"past_ends": Field("option<array<object>>", flexible=True)}
SOURCE_DOCUMENT_INDEX = {"source_document_index": Index(("source.document",))}
SOURCE_TURN_INDEX = {"source_turn_index": Index(("source_turn",))}
CREATED_INDEX = {"created_index": Index(("created_at",))}
CURRENT_KEY_INDEX = {"current_key_index": Index(("current_key",), "UNIQUE")}
RETENTION_INDEX = {"retention_index": Index(("memory_category", "created_at"))}
ENDED_INDEX = {"ended_index": Index(("valid_until",))}
DECAY = {
    "importance": Field("option<float>", assertion="$value >= 0 AND $value <= 1"),
    "decayed_at": OPTION_DATETIME,
}

ADDED_TO_PUBLISHED: dict[str, Table] = {
    "document": Table(
        fields={
            "attempt": OPTION_STRING,
            "filename": OPTION_STRING,
            "declared_mime_type": OPTION_STRING,
            "metadata": OPTION_OBJECT,
        },
        indexes={"storage_key_index": Index(("storage_key",)), **CREATED_INDEX},
    ),
    "knowledge_chunk": Table(
        fields={"version": OPTION_INT},
        indexes={"document_position": Index(("document", "version", "position"), "UNIQUE")},
    ),
    "session": Table(
        fields={"turn_count": OPTION_INT, "updated_at": OPTION_DATETIME, **SOFT_DELETION},
        indexes={**CREATED_INDEX, **ENDED_INDEX},
    ),
    "turn": Table(
        fields={
            "occurred_at": OPTION_DATETIME,
            "metadata": OPTION_OBJECT,
            "scope": OPTION_SCOPE,
            "memory_category": OPTION_CATEGORY,
            "labels": OPTION_STRINGS,
            "infer": Field("option<string>", assertion=one_of("full", "triples", "reflection", "none", "quote")),
            "extracted_at": OPTION_DATETIME,
            **SOFT_DELETION,
        },
        indexes={"extracted_index": Index(("extracted_at",)), **RETENTION_INDEX, **ENDED_INDEX},
    ),
    "entity": Table(
        fields={
            "normalised": OPTION_STRING,
            "aliases": OPTION_STRINGS,
            "scope_text": OPTION_STRING,
            "known_as": OPTION_STRING,
            "confidence": OPTION_FLOAT,
            "labels": OPTION_STRINGS,
            **SOURCE,
            **SOFT_DELETION,
        },
        indexes={
            "type_normalised": Index(("type", "normalised")),
            "normalised_index": Index(("normalised",)),
            "alias_index": Index(("aliases.*",)),
            **SOURCE_DOCUMENT_INDEX,
            **SOURCE_TURN_INDEX,
            **RETENTION_INDEX,
            **ENDED_INDEX,
        },
    ),
    "attribute": Table(
        fields={
            "current_key": OPTION_STRING,
            "confidence": OPTION_FLOAT,
            "labels": OPTION_STRINGS,
            "retracted_at": OPTION_DATETIME,
            **PAST_ENDS,
            "forgotten_at": OPTION_DATETIME,
            **SOURCE,
            **DECAY,
        },
        indexes={
            **CURRENT_KEY_INDEX,
            **SOURCE_DOCUMENT_INDEX,
            **SOURCE_TURN_INDEX,
            **RETENTION_INDEX,
            **ENDED_INDEX,
            "superseded_index": Index(("superseded_by",)),
        },
    ),
    "relates_to": Table(
        fields={
            "current_key": OPTION_STRING,
            "confidence": OPTION_FLOAT,
            "labels": OPTION_STRINGS,
            "retracted_at": OPTION_DATETIME,
            **PAST_ENDS,
            "forgotten_at": OPTION_DATETIME,
            **SOURCE,
            **DECAY,
        },
        indexes={
            **CURRENT_KEY_INDEX,
            **SOURCE_DOCUMENT_INDEX,
            **SOURCE_TURN_INDEX,
            **RETENTION_INDEX,
            **ENDED_INDEX,
        },
    ),
    "instruction": Table(
        fields={
            "current_key": OPTION_STRING,
            "labels": OPTION_STRINGS,
            "updated_at": OPTION_DATETIME,
            "retracted_at": OPTION_DATETIME,
            **SOFT_DELETION,
        },
        indexes={**CURRENT_KEY_INDEX, **SOURCE_TURN_INDEX, **CREATED_INDEX, **ENDED_INDEX},
    ),
    "uncertainty": Table(
        fields={"claim": OPTION_OBJECT, "labels": OPTION_STRINGS, "resolved_at": OPTION_DATETIME, **SOFT_DELETION},
        indexes={**SOURCE_TURN_INDEX, **CREATED_INDEX, **ENDED_INDEX},
    ),
    "memory_chunk": Table(
        fields={
            "role": OPTION_STRING,
            "seq": OPTION_INT,
            "token_count": OPTION_INT,
            "memory_category": OPTION_CATEGORY,
            "labels": OPTION_STRINGS,
            "valid_from": OPTION_DATETIME,
            **SOFT_DELETION,
        },
        indexes={**SOURCE_TURN_INDEX, **RETENTION_INDEX, **ENDED_INDEX},
    ),
    "decision_trace": Table(
        fields={
            "kind": OPTION_STRING,
            "principal": OPTION_STRING,
            "request_id": OPTION_STRING,
            "tier_reason": OPTION_STRING,
            "cached": Field("option<bool>"),
            "model": OPTION_STRING,
            "candidates": Field("option<array<object>>", flexible=True),
            "returned": OPTION_STRINGS,
            "written": OPTION_OBJECT,
            "links": OPTION_OBJECT,
        },
        indexes={
            **CREATED_INDEX,
            "session_index": Index(("session_id",)),
            "api_key_index": Index(("api_key_id",)),
        },
    ),
}

# Columns that are published as stored and follow from others here; whoever reads them sees no difference.
DERIVED: dict[str, dict[str, Field]] = {
    "keyword": {
        "document_count": Field("int", computed="type::record('keyword_use', id.id()).documents ?? 0"),
    },
}

ADDED_TABLES: dict[str, Table] = {
    "sweep_fence": Table(fields={"id": STRING, "fence": INT}),
    "content": Table(fields={"id": STRING, "uploads": INT}),
    "keyword_use": Table(fields={"id": STRING, "documents": INT}),
    "mentions": Table(
        fields={"created_at": CREATED},
        indexes={"unique_pair": PAIR_INDEX},
        relation=(("memory_chunk", "knowledge_chunk"), ("entity",)),
    ),
    "scope_node": Table(
        fields={
            "path": STRING,
            "scope": SCOPE,
            "display_name": OPTION_STRING,
            "description": OPTION_STRING,
            "created_at": CREATED,
            "tombstoned_at": OPTION_DATETIME,
        },
        indexes={"path_index": Index(("path",), "UNIQUE")},
    ),
    "audit_event": Table(
        fields={
            "kind": STRING,
            "actor": OPTION_STRING,
            "principal": OPTION_STRING,
            "action": STRING,
            "target": OPTION_STRING,
            "outcome": STRING,
            "scope": OPTION_SCOPE,
            "detail": OBJECT,
            "source": OPTION_STRING,
            "request_id": OPTION_STRING,
            "count": Field("int", default="1"),
            "created_at": CREATED,
        },
        indexes={**CREATED_INDEX, "kind_index": Index(("kind",))},
    ),
    "idempotency": Table(
        fields={
            "id": STRING,
            "fingerprint": STRING,
            "state": Field("string", default="'pending'", assertion=one_of("pending", "done")),
            "seed": STRING,
            "status": OPTION_INT,
            "headers": OPTION_OBJECT,
            "body": Field("option<bytes>"),
            "created_at": CREATED,
            "taken_at": Field("datetime"),
            "held_until": Field("datetime"),
            "expires_at": Field("datetime"),
        },
        indexes={"expires_index": Index(("expires_at",))},
    ),
    "_migrations": Table(
        fields={
            "id": INT,
            "name": STRING,
            "checksum": STRING,
            "applied_at": Field("datetime", readonly=True),
        },
    ),
}
