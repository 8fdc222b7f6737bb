"""The JSON form of a diff: its schema for language models, and the way from a diff to JSON."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime

from server.memory.extraction.diff import Extraction

Json = Mapping[str, object]

_TEXT: Json = {"type": "string", "minLength": 1}
_OPTIONAL_TEXT: Json = {"type": ["string", "null"]}
_OPTIONAL_TIME: Json = {"type": ["string", "null"], "description": "RFC 3339 date and time with an offset, or null"}
_CATEGORY: Json = {"type": "string", "enum": ["identity", "knowledge", "context"]}
_FLAG: Json = {"type": "boolean"}
_CONFIDENCE: Json = {"type": "number", "minimum": 0, "maximum": 1}


def _object(properties: Json) -> Json:
    """Closed, with every property required: what providers of strict structured output ask for."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list_of(properties: Json) -> Json:
    return {"type": "array", "items": _object(properties)}


_REF = _object({"type": _TEXT, "name": _TEXT})
_BELIEF: Json = {
    "memory_category": _CATEGORY,
    "confidence": _CONFIDENCE,
    "valid_from": _OPTIONAL_TIME,
    "valid_until": _OPTIONAL_TIME,
    "period": _OPTIONAL_TEXT,
    "negated": _FLAG,
}

SCHEMA: Json = _object(
    {
        "entities": _list_of(
            {
                "type": {
                    "type": "string",
                    "minLength": 1,
                    "description": "Person, Organization, Place, Animal or Thing",
                },
                "name": _TEXT,
                "aliases": {"type": "array", "items": _TEXT},
                "memory_category": _CATEGORY,
            }
        ),
        "attributes": _list_of({"entity": _REF, "key": _TEXT, "value": _TEXT, **_BELIEF, "correction": _FLAG}),
        "relations": _list_of({"subject": _REF, "label": _TEXT, "object": _REF, **_BELIEF}),
        "instructions": _list_of({"label": _TEXT, "description": _TEXT}),
        "uncertainties": _list_of({"about": _TEXT, "reason": _TEXT}),
        "corrections": _list_of({"entity": _REF, "key": _TEXT, "old": _OPTIONAL_TEXT, "new": _OPTIONAL_TEXT}),
    }
)


def document(extraction: Extraction) -> dict[str, object]:
    """The JSON form of a diff, as `parse` reads it and the HTTP answers carry it."""
    return {field.name: _plain(getattr(extraction, field.name)) for field in fields(extraction)}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
