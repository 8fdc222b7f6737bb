"""How the server and a worker process talk: one frame there, one frame back."""

import json
import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

from server.documents.extraction.result import Extracted, Limits, Section

HEADER = struct.Struct(">II")


def request(path: Path, declared: str | None, limits: Limits) -> bytes:
    return _frame({"path": str(path), "declared": declared, "limits": asdict(limits)}, b"")


def parsed_request(meta: dict[str, Any]) -> tuple[Path, str | None, Limits]:
    return Path(meta["path"]), meta["declared"], Limits(**meta["limits"])


def success(extracted: Extracted) -> bytes:
    meta = {
        "mime_type": extracted.mime_type,
        "title": extracted.title,
        "sections": [[section.title, section.level, section.offset] for section in extracted.sections],
        "pages": extracted.pages,
    }
    return _frame(meta, extracted.text.encode())


def failure(detail: str, *, spent: bool = False) -> bytes:
    """With `spent`, the worker had better read no further file."""
    return _frame({"error": detail, "spent": spent}, b"")


def parsed_answer(meta: dict[str, Any], text: bytes) -> Extracted:
    sections = tuple(Section(*fields) for fields in meta["sections"])
    return Extracted(text.decode(), meta["mime_type"], meta["title"], sections, tuple(meta["pages"]))


def parsed_meta(data: bytes) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads(data)
    return meta


def _frame(meta: dict[str, Any], text: bytes) -> bytes:
    encoded = json.dumps(meta).encode()
    return HEADER.pack(len(encoded), len(text)) + encoded + text
