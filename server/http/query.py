"""Routes of recall: hits, and the same as a block for a prompt."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.core.clock import Clock
from server.http.recall_bodies import MAX_QUESTION, ContextBody, DocumentQuestion, RecallBody, SessionContextBody
from server.http.recall_views import hit_view, trace_summary, traced
from server.http.tenant import Here, Tenant, Tenants
from server.recall.asking import Asking
from server.recall.contexts import Block
from server.recall.library import graph_evidence, matching_documents, rows_of
from server.recall.parts import Recalling

Tokens = Annotated[int, Query(ge=32, le=100_000)]


def add_routes(router: APIRouter, recalling: Recalling, tenants: Tenants, clock: Clock) -> None:
    async def index_state(tenant: Tenant) -> str:
        # Asked before the search: what is being built may be complete only afterwards.
        await recalling.index.open([tenant.database])
        return recalling.index.state(tenant.database.binding).state

    def elapsed(tenant: Tenant) -> int:
        return round((clock.monotonic() - tenant.started) * 1000)

    @router.post("/query")
    async def query(body: RecallBody, tenant: Here) -> dict[str, Any]:
        """What is remembered that answers a question, best first, each hit with where it comes from."""
        asking = body.asking(tenant)
        state = await index_state(tenant)
        recalled = await recalling.recall.recall(tenant.open, asking)
        session = body.session_id
        tenants.trace(tenant, "query", body.query, asking.visibility.common, session_id=session, **traced(recalled))
        return {
            "tier": recalled.tier,
            "tier_reason": recalled.tier_reason,
            "hits": [hit_view(hit) for hit in recalled.hits],
            "seed_entities": list(recalled.seed_entities),
            "classification_kind": recalled.classification,
            "index": state,
            "note": recalled.note,
            "query_ms": elapsed(tenant),
            "trace": trace_summary(recalled, asking.mode, state),
            "trace_id": tenant.trace_id,
        }

    @router.post("/context")
    async def context(body: ContextBody, tenant: Here) -> dict[str, Any]:
        """What is remembered that helps with a question, as one text within a number of tokens."""
        asking = body.asking(tenant)
        block = await recalling.blocks.of_question(tenant.open, asking, body.max_tokens)
        return shown(tenant, "context", body.query, asking, block)

    @router.get("/sessions/{session_id}/context")
    async def session_context(
        session_id: str,
        tenant: Here,
        question: Annotated[str, Query(alias="query", max_length=MAX_QUESTION)] = "",
        max_tokens: Tokens = 1500,
    ) -> dict[str, Any]:
        """The conversation so far and what is known beyond it, as one text."""
        return await of_session(tenant, session_id, SessionContextBody(query=question, max_tokens=max_tokens))

    @router.post("/sessions/{session_id}/context")
    async def ask_session_context(session_id: str, body: SessionContextBody, tenant: Here) -> dict[str, Any]:
        """The same with a question and a scope in any notation."""
        return await of_session(tenant, session_id, body)

    async def of_session(tenant: Tenant, session_id: str, body: SessionContextBody) -> dict[str, Any]:
        visibility = tenant.sees(body.requested, body.scope_view)
        asking = Asking(body.query, visibility, k=body.k, labels=frozenset(body.labels))
        block = await recalling.blocks.of_session(tenant.open, session_id, asking, body.max_tokens)
        return shown(tenant, "session.context", body.query or "session context", asking, block, session_id)

    def shown(
        tenant: Tenant, kind: str, asked: str, asking: Asking, block: Block, session_id: str | None = None
    ) -> dict[str, Any]:
        recalled = block.recalled
        more = traced(recalled) | {"returned": [hit.id for hit in block.hits]} if recalled else {"tier": "direct"}
        tenants.trace(tenant, kind, asked, asking.visibility.common, session_id=session_id, **more)
        return {
            "context": block.text,
            "tokens": block.tokens,
            "truncated": block.truncated,
            "tier": recalled.tier if recalled else "direct",
            "sources": [hit.id for hit in block.hits],
            "note": recalled.note if recalled else None,
            "query_ms": elapsed(tenant),
            "trace_id": tenant.trace_id,
        }

    @router.post("/documents/query")
    async def query_documents(body: DocumentQuestion, tenant: Here) -> dict[str, Any]:
        """Chunks of documents, each with its document and, from the keyword graph, why it was brought up."""
        visibility = tenant.sees(body.requested, body.scope_view)
        asking = Asking(
            query=body.query,
            visibility=visibility,
            k=body.k,
            mode=body.mode if body.expand_graph or body.mode != "hybrid_graph" else "hybrid",
            include=frozenset({"passages"}),
            labels=frozenset(body.labels),
            documents=await matching_documents(tenant.database, visibility, body.filter or {}),
            kinds=frozenset({"document"}),
            threshold=body.threshold,
        )
        recalled = await recalling.recall.recall(tenant.open, asking)
        chunks, documents = await rows_of(tenant.database, recalled.hits)
        tenants.trace(tenant, "documents.query", body.query, visibility.common, **traced(recalled))
        return {
            "results": [
                {
                    "score": round(hit.score, 4),
                    "chunk": chunks[hit.id],
                    "document": documents[hit.document_id],
                    "graph_evidence": graph_evidence(recalled, hit),
                }
                for hit in recalled.hits
                if hit.id in chunks and hit.document_id in documents
            ],
            "note": recalled.note,
            "query_ms": elapsed(tenant),
            "tier": recalled.tier,
            "trace_id": tenant.trace_id,
        }
