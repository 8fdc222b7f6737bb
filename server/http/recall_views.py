"""How hits and answers look on the wire."""

from collections.abc import Iterable, Sequence
from typing import Any

from server.core.scope import as_mapping
from server.recall.hits import Hit, Recalled
from server.recall.responding import Response

DIGITS = 4
WITHHELD = "Not everybody who may read this answer may see all the evidence, so some was left out; name a scope."


def hit_view(hit: Hit) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": hit.id,
        "score": round(hit.score, DIGITS),
        "source": hit.kind,
        "text": hit.text,
        "scope": as_mapping(hit.scope),
        "created_at": hit.said_at,
        "labels": sorted(hit.labels),
    }
    optional = {
        "turn_id": hit.turn_id,
        "session_id": hit.session_id,
        "role": hit.role,
        "document_id": hit.document_id,
        "chunk_id": hit.chunk_id,
        "title": hit.title,
        "section": hit.section,
        "key": hit.key,
        "value": hit.value,
    }
    view |= {name: value for name, value in optional.items() if value is not None}
    if hit.entity:
        view["entity"] = {"type": hit.entity_type, "name": hit.entity}
    return view | {"signals": {name: round(value, DIGITS) for name, value in hit.signals.items() if value}}


def evidence_view(hits: Sequence[Hit], cited: Sequence[int]) -> list[dict[str, Any]]:
    """Hits with the marks by which an answer cites them."""
    return [{"cite": place, "cited": place in cited} | hit_view(hit) for place, hit in enumerate(hits, 1)]


def note_view(recalled: Recalled, response: Response) -> str | None:
    """What whoever reads an answer should know besides."""
    return " ".join(filter(None, (response.note, recalled.note, WITHHELD if recalled.withheld else None))) or None


def trace_summary(recalled: Recalled, mode: str, index: str) -> dict[str, Any]:
    """How an answer was come by, in short."""
    return {
        "tier": recalled.tier,
        "tier_reason": recalled.tier_reason,
        "mode": mode,
        "index": index,
        "candidates": len(recalled.candidates),
    }


def traced(recalled: Recalled) -> dict[str, Any]:
    """What the decision trace keeps of a recall."""
    return {
        "tier": recalled.tier,
        "tier_reason": recalled.tier_reason,
        "cached": recalled.tier == "cache",
        "sources": recalled.sources,
        "candidates": recalled.candidates,
        "returned": recalled.sources,
        "links": links(recalled.hits),
    }


def links(hits: Iterable[Hit]) -> dict[str, list[str]]:
    """The turns, documents and entities that hits come from."""
    hits = list(hits)
    return {
        "turns": _once(hit.turn_id for hit in hits),
        "documents": _once(hit.document_id for hit in hits),
        "entities": _once(f"{hit.entity_type}/{hit.entity}" if hit.entity else None for hit in hits),
    }


def _once(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(one for one in ids if one))
