"""Every call of the data plane with the request it makes, for both clients."""

from datetime import UTC, datetime

from spectron import (
    Accesses,
    Caller,
    ChatSession,
    Consolidation,
    DeletedDocument,
    Document,
    Elaboration,
    EntityDetail,
    ErasedPlace,
    Forgotten,
    FsckReport,
    Inspection,
    Job,
    Keyword,
    Page,
    Place,
    Principal,
    Profile,
    PromptBlock,
    Recalled,
    Reflection,
    Reinstated,
    Remembered,
    RememberedMany,
    Reply,
    State,
    StateDiff,
    Trace,
    TraceStats,
    Turn,
    Upload,
)
from tests.spectron import memories
from tests.spectron.documents import page_of
from tests.spectron.example import Example
from tests.spectron.memories import ALICE, numbered, part_of

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOON_TEXT = "2026-11-01T12:00:00+00:00"
NOON_QUERY = "2026-11-01T12%3A00%3A00%2B00%3A00"

DOCUMENT_CALLS = {
    "documents.list": Example(
        lambda admin: admin.contexts("acme").documents.list(status="ready", mime_type="text/csv", page=2, page_size=5),
        "GET /api/v1/acme/documents?status=ready&mime_type=text%2Fcsv&page=2&page_size=5",
        Page,
        200,
        numbered("documents", memories.DOCUMENT),
    ),
    "documents.get": Example(
        lambda admin: admin.contexts("acme").documents.get("d1"),
        "GET /api/v1/acme/documents/d1",
        Document,
        200,
        memories.DOCUMENT,
    ),
    "documents.wait": Example(
        lambda admin: admin.contexts("acme").documents.wait("d1"),
        "GET /api/v1/acme/documents/d1",
        Document,
        200,
        memories.DOCUMENT,
    ),
    "documents.chunks": Example(
        lambda admin: admin.contexts("acme").documents.chunks("d1", page=1, page_size=2),
        "GET /api/v1/acme/documents/d1/chunks?page=1&page_size=2",
        Page,
        200,
        numbered("chunks", memories.CHUNK),
    ),
    "documents.keywords_of": Example(
        lambda admin: admin.contexts("acme").documents.keywords_of("d1"),
        "GET /api/v1/acme/documents/d1/keywords",
        Page,
        200,
        {"keywords": [memories.KEYWORD]},
    ),
    "documents.reprocess": Example(
        lambda admin: admin.contexts("acme").documents.reprocess("d1"),
        "PUT /api/v1/acme/documents/d1",
        Upload,
        202,
        memories.UPLOAD,
    ),
    "documents.delete": Example(
        lambda admin: admin.contexts("acme").documents.delete("d1"),
        "DELETE /api/v1/acme/documents/d1",
        DeletedDocument,
        200,
        memories.DELETED,
    ),
    "documents.query": Example(
        lambda admin: admin.contexts("acme").documents.query(
            "ships?", k=2, mode="bm25", threshold=0.1, filter={"document": "d1"}, scope={"org": "acme"}
        ),
        "POST /api/v1/acme/documents/query",
        Page,
        200,
        {"results": [memories.DOCUMENT_HIT], "query_ms": 5},
        {
            "query": "ships?",
            "k": 2,
            "mode": "bm25",
            "threshold": 0.1,
            "filter": {"document": "d1"},
            "scope": {"org": "acme"},
        },
    ),
    "keywords.list": Example(
        lambda admin: admin.contexts("acme").documents.keywords.list(q="sh", min_document_count=2, sort="name", page=1),
        "GET /api/v1/acme/documents/keywords?q=sh&minDocumentCount=2&sort=name&page=1",
        Page,
        200,
        numbered("keywords", memories.KEYWORD),
    ),
    "keywords.get": Example(
        lambda admin: admin.contexts("acme").documents.keywords.get("big ships"),
        "GET /api/v1/acme/documents/keywords/big%20ships",
        Keyword,
        200,
        memories.KEYWORD,
    ),
    "keywords.search": Example(
        lambda admin: admin.contexts("acme").documents.keywords.search("boats", k=3),
        "POST /api/v1/acme/documents/keywords/search",
        Page,
        200,
        {"results": [memories.KEYWORD], "query_ms": 1},
        {"query": "boats", "k": 3},
    ),
    "jobs.list": Example(
        lambda admin: admin.jobs.list(context="acme", state="dead", limit=2, cursor="j9"),
        "GET /api/v1/jobs?context=acme&state=dead&limit=2&cursor=j9",
        Page,
        200,
        page_of("jobs", memories.JOB),
    ),
    "jobs.get": Example(lambda admin: admin.jobs.get("j1"), "GET /api/v1/jobs/j1", Job, 200, memories.JOB),
    "jobs.retry": Example(lambda admin: admin.jobs.retry("j1"), "POST /api/v1/jobs/j1/retry", Job, 200, memories.JOB),
    "jobs.cancel": Example(lambda admin: admin.jobs.cancel("j1"), "DELETE /api/v1/jobs/j1", Job, 200, memories.JOB),
}
SESSION_CALLS = {
    "sessions.create": Example(
        lambda admin: admin.contexts("acme").sessions.create(scope=ALICE, metadata={"a": 1}),
        "POST /api/v1/acme/sessions",
        ChatSession,
        201,
        memories.SESSION,
        {"scope": ALICE, "metadata": {"a": 1}},
    ),
    "sessions.list": Example(
        lambda admin: admin.contexts("acme").sessions.list(limit=2, cursor="4"),
        "GET /api/v1/acme/sessions?limit=2&offset=4",
        Page,
        200,
        part_of("sessions", memories.SESSION),
    ),
    "sessions.get": Example(
        lambda admin: admin.contexts("acme").sessions.get("s1"),
        "GET /api/v1/acme/sessions/s1",
        ChatSession,
        200,
        memories.SESSION,
    ),
    "sessions.delete": Example(
        lambda admin: admin.contexts("acme").sessions.delete("s1"), "DELETE /api/v1/acme/sessions/s1", None, 204
    ),
    "sessions.delete for good": Example(
        lambda admin: admin.contexts("acme").sessions.delete("s1", hard=True),
        "DELETE /api/v1/acme/sessions/s1?hard=true",
        None,
        204,
    ),
    "sessions.add_turn": Example(
        lambda admin: admin.contexts("acme").sessions.add_turn("s1", role="user", content="Hi", ts=NOON, infer="none"),
        "POST /api/v1/acme/sessions/s1/turns",
        Turn,
        201,
        memories.ADDED_TURN,
        {"role": "user", "content": "Hi", "ts": NOON_TEXT, "infer": "none"},
    ),
    "sessions.turns": Example(
        lambda admin: admin.contexts("acme").sessions.turns("s1", limit=1),
        "GET /api/v1/acme/sessions/s1/turns?limit=1",
        Page,
        200,
        part_of("turns", memories.TURN),
    ),
    "sessions.context": Example(
        lambda admin: admin.contexts("acme").sessions.context("s1", query="Rome", max_tokens=100),
        "POST /api/v1/acme/sessions/s1/context",
        PromptBlock,
        200,
        memories.BLOCK,
        {"query": "Rome", "max_tokens": 100},
    ),
}
MEMORY_CALLS = {
    "memory.remember": Example(
        lambda admin: admin.contexts("acme").memory.remember(
            "I moved to Rome.", infer="full", scope=ALICE, session_id="s1", labels=("a",), ts=NOON
        ),
        "POST /api/v1/acme/facts",
        Remembered,
        200,
        memories.REMEMBERED,
        {
            "text": "I moved to Rome.",
            "infer": "full",
            "scope": ALICE,
            "session_id": "s1",
            "labels": ["a"],
            "ts": NOON_TEXT,
        },
    ),
    "memory.remember of triples": Example(
        lambda admin: admin.contexts("acme").memory.remember(
            infer="triples", triples=[{"subject": "Ann", "predicate": "knows", "object": "Bo", "valid_from": NOON}]
        ),
        "POST /api/v1/acme/facts",
        Remembered,
        200,
        memories.REMEMBERED,
        {
            "infer": "triples",
            "triples": [{"subject": "Ann", "predicate": "knows", "object": "Bo", "valid_from": NOON_TEXT}],
        },
    ),
    "memory.remember_many": Example(
        lambda admin: admin.contexts("acme").memory.remember_many(
            [{"role": "user", "content": "Hi"}], scope="org/acme", extract="whole_conversation"
        ),
        "POST /api/v1/acme/facts/batch",
        RememberedMany,
        200,
        memories.REMEMBERED_MANY,
        {"messages": [{"role": "user", "content": "Hi"}], "scope": "org/acme", "extract": "whole_conversation"},
    ),
    "memory.forget": Example(
        lambda admin: admin.contexts("acme").memory.forget("entity:Person/alice", purge=True, dry_run=True),
        "POST /api/v1/acme/forget",
        Forgotten,
        200,
        memories.WOULD_FORGET,
        {"query": "entity:Person/alice", "purge": True, "dry_run": True},
    ),
    "memory.state": Example(
        lambda admin: admin.contexts("acme").memory.state(scope=ALICE, as_of=NOON, scope_view="merged", limit=9),
        f"GET /api/v1/acme/state?scope=org%3Dacme&scope=user%3Dalice&as_of={NOON_QUERY}&scope_view=merged&limit=9",
        State,
        200,
        memories.STATE,
    ),
    "memory.state_diff": Example(
        lambda admin: admin.contexts("acme").memory.state_diff(NOON, scope="org/acme"),
        f"GET /api/v1/acme/state/diff?since={NOON_QUERY}&scope=org%2Facme",
        StateDiff,
        200,
        memories.STATE_DIFF,
    ),
    "memory.profile": Example(
        lambda admin: admin.contexts("acme").memory.profile(scope=["org=acme", "user=alice"], at_instant=NOON),
        f"GET /api/v1/acme/profile?scope=org%3Dacme&scope=user%3Dalice&at_instant={NOON_QUERY}",
        Profile,
        200,
        memories.PROFILE,
    ),
    "memory.inspect": Example(
        lambda admin: admin.contexts("acme").memory.inspect("attribute:Person/alice/location"),
        "GET /api/v1/acme/inspect?ref=attribute%3APerson%2Falice%2Flocation",
        Inspection,
        200,
        memories.INSPECTION,
    ),
    "memory.fsck": Example(
        lambda admin: admin.contexts("acme").memory.fsck(repair=True, max_results=5),
        "POST /api/v1/acme/fsck",
        FsckReport,
        200,
        memories.FSCK,
        {"repair": True, "max_results": 5},
    ),
    "memory.recall": Example(
        lambda admin: admin.contexts("acme").memory.recall(
            "Where?", k=3, mode="hybrid", scope=ALICE, include=["facts"], as_of=NOON, bypass_cache=True
        ),
        "POST /api/v1/acme/query",
        Recalled,
        200,
        memories.RECALLED,
        {
            "query": "Where?",
            "k": 3,
            "mode": "hybrid",
            "scope": ALICE,
            "include": ["facts"],
            "as_of": NOON_TEXT,
            "bypass_cache": True,
        },
    ),
    "memory.query_context": Example(
        lambda admin: admin.contexts("acme").memory.query_context("Where?", max_tokens=200, scope=ALICE),
        "POST /api/v1/acme/context",
        PromptBlock,
        200,
        memories.BLOCK,
        {"query": "Where?", "max_tokens": 200, "scope": ALICE},
    ),
    "memory.chat": Example(
        lambda admin: admin.contexts("acme").memory.chat("Where?", session_id="s1", scope=ALICE),
        "POST /api/v1/acme/chat",
        Reply,
        200,
        memories.REPLY,
        {"message": "Where?", "session_id": "s1", "scope": ALICE},
    ),
    "memory.reflect": Example(
        lambda admin: admin.contexts("acme").memory.reflect("Who is alice?", persist=True),
        "POST /api/v1/acme/reflect",
        Reflection,
        200,
        memories.REFLECTION,
        {"query": "Who is alice?", "persist": True},
    ),
}
PLACE_CALLS = {
    "entities.list": Example(
        lambda admin: admin.contexts("acme").entities.list(entity_type="Person", scope="org/acme", limit=2, cursor="2"),
        "GET /api/v1/acme/entities?type=Person&scope=org%2Facme&limit=2&offset=2",
        Page,
        200,
        part_of("entities", memories.ENTITY),
    ),
    "entities.get": Example(
        lambda admin: admin.contexts("acme").entities.get("Person", "a/b", as_of="2026-01-01T00:00:00Z"),
        "GET /api/v1/acme/entities/Person/a%2Fb?as_of=2026-01-01T00%3A00%3A00Z",
        EntityDetail,
        200,
        memories.ENTITY_DETAIL,
    ),
    "entities.history": Example(
        lambda admin: admin.contexts("acme").entities.history("Person", "alice", "location"),
        "GET /api/v1/acme/entities/Person/alice/history/location",
        Page,
        200,
        {"history": [memories.ATTRIBUTE]},
    ),
    "entities.delete": Example(
        lambda admin: admin.contexts("acme").entities.delete("Person", "alice", hard=True),
        "DELETE /api/v1/acme/entities/Person/alice?hard=true",
        None,
        204,
    ),
    "entities.delete in one scope": Example(
        lambda admin: admin.contexts("acme").entities.delete("Person", "alice", scope=ALICE),
        "DELETE /api/v1/contexts/acme/entities/Person/alice?scope=org%3Dacme&scope=user%3Dalice",
        None,
        204,
    ),
    "entities.reinstate": Example(
        lambda admin: admin.contexts("acme").entities.reinstate("Person", "alice"),
        "POST /api/v1/contexts/acme/entities/Person/alice/reinstate",
        Reinstated,
        200,
        memories.REINSTATED,
    ),
    "memory.reinstate": Example(
        lambda admin: admin.contexts("acme").memory.reinstate("20261121103000-4f2a"),
        "POST /api/v1/contexts/acme/audit/20261121103000-4f2a/reinstate",
        Reinstated,
        200,
        memories.REINSTATED,
    ),
    "scopes.create": Example(
        lambda admin: admin.contexts("acme").scopes.create("org/acme", display_name="Acme"),
        "POST /api/v1/acme/scopes",
        Place,
        201,
        memories.PLACE,
        {"path": "org/acme", "display_name": "Acme"},
    ),
    "scopes.remove": Example(
        lambda admin: admin.contexts("acme").scopes.remove("org/acme"),
        "DELETE /api/v1/acme/scopes?path=org%2Facme",
        None,
        204,
    ),
    "scopes.forget": Example(
        lambda admin: admin.contexts("acme").scopes.forget("org/acme", dry_run=True),
        "POST /api/v1/acme/scopes/forget",
        ErasedPlace,
        200,
        memories.ERASED,
        {"path": "org/acme", "dry_run": True},
    ),
    "traces.list": Example(
        lambda admin: admin.contexts("acme").traces.list(kind="query", slower_than_ms=1.5, scope="org/acme", limit=2),
        "GET /api/v1/acme/traces?kind=query&slower_than_ms=1.5&scope=org%2Facme&limit=2",
        Page,
        200,
        page_of("traces", memories.TRACE_ROW),
    ),
    "traces.get": Example(
        lambda admin: admin.contexts("acme").traces.get("t1"),
        "GET /api/v1/acme/traces/t1",
        Trace,
        200,
        memories.TRACE_DETAIL,
    ),
    "traces.stats": Example(
        lambda admin: admin.contexts("acme").traces.stats(hours=2),
        "GET /api/v1/acme/traces/stats?hours=2",
        TraceStats,
        200,
        memories.TRACE_STATS,
    ),
}
ACCESS_CALLS = {
    "access.me": Example(
        lambda admin: admin.contexts("acme").access.me(), "GET /api/v1/acme/me", Caller, 200, memories.CALLER
    ),
    "access.principal": Example(
        lambda admin: admin.contexts("acme").access.principal("k1"),
        "GET /api/v1/acme/principals/k1",
        Principal,
        200,
        memories.PRINCIPAL,
    ),
    "access.log": Example(
        lambda admin: admin.contexts("acme").access.log(kind="retrieval", key="k1", until=NOON, limit=5),
        f"GET /api/v1/acme/audit?key=k1&kind=retrieval&until={NOON_QUERY}&limit=5",
        Accesses,
        200,
        memories.ACCESSES,
    ),
    "memory.consolidate": Example(
        lambda admin: admin.contexts("acme").memory.consolidate(dry_run=True, fact_limit=10, observation_limit=2),
        "POST /api/v1/acme/consolidate",
        Consolidation,
        200,
        memories.CONSOLIDATION,
        {"dry_run": True, "fact_limit": 10, "observation_limit": 2},
    ),
    "memory.elaborate": Example(
        lambda admin: admin.contexts("acme").memory.elaborate("Person/alice", budget=5),
        "POST /api/v1/acme/elaborate",
        Elaboration,
        200,
        memories.ELABORATION,
        {"entity_ref": "Person/alice", "budget": 5},
    ),
}
DATA_EXAMPLES = {**DOCUMENT_CALLS, **SESSION_CALLS, **MEMORY_CALLS, **PLACE_CALLS, **ACCESS_CALLS}
