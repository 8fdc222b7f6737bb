"""Sets as people read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType

from ops.backup.pruning import Decision
from ops.backup.verifying import Finding
from ops.repository.manifest import Manifest
from ops.repository.marks import NO_MARKS, Marked
from ops.repository.sets import Listing
from spectron.terminal.tables import fields, rows, size


def set_sheet(manifest: Manifest, marked: Marked = NO_MARKS) -> RenderableType:
    sheet = fields(
        {
            "set": manifest.id,
            "state": state(manifest),
            "from": manifest.source,
            "begun": manifest.started_at,
            "took": f"{(manifest.finished_at - manifest.started_at).total_seconds():.1f} s",
            "size": size(manifest.size),
            "rows": manifest.rows,
            "readable by": manifest.recipients or "everybody (not encrypted)",
            "documents": _documents(manifest),
            "marks": _marks(marked),
        }
    )
    dumps = rows(
        ("CONTEXT", "ROWS", "TABLES", "SIZE", "SCHEMA", "ENGINE", "SHA-256"),
        (
            (
                dump.name,
                dump.trailer.rows,
                len(dump.trailer.tables),
                size(dump.file.size),
                dump.header.schema_version,
                dump.header.engine_version,
                dump.file.sha256[:16],
            )
            for dump in manifest.dumps
        ),
    )
    parts: list[RenderableType] = [sheet, dumps] if manifest.dumps else [sheet]
    if not manifest.good:
        wrong = [("failed", one.part, one.message) for one in manifest.failures]
        wrong += [("alarm", "", text) for text in manifest.warnings]
        parts.append(rows(("", "PART", "WHAT IS WRONG"), wrong))
    return Group(*parts)


def set_list(listing: Listing, marks: Mapping[str, Marked]) -> RenderableType:
    lines: list[tuple[object, ...]] = [
        (
            one.id,
            one.started_at,
            state(one),
            len(one.contexts),
            one.rows,
            size(one.size),
            "yes" if one.encrypted else "no",
            _marks(marks.get(one.id, NO_MARKS)),
        )
        for one in listing.sets
    ]
    lines += [(set_id, None, "damaged", None, None, None, None, None) for set_id in listing.damaged]
    return rows(("SET", "BEGUN", "STATE", "CONTEXTS", "ROWS", "SIZE", "ENCRYPTED", "MARKS"), lines)


def plan_sheet(document: Mapping[str, Any]) -> RenderableType:
    sheet = fields(
        {
            "would save to": document["repository"],
            "from": document["source"],
            "readable by": document["encrypted_to"] or "everybody (not encrypted)",
            "no such Context": document["missing"],
        }
    )
    contexts = rows(
        ("CONTEXT", "ROWS LAST TIME", "SIZE LAST TIME"),
        (
            (one["id"], one["last_rows"], None if one["last_bytes"] is None else size(one["last_bytes"]))
            for one in document["contexts"]
        ),
    )
    return Group(sheet, contexts) if document["contexts"] else sheet


def finding_list(findings: Iterable[Finding]) -> RenderableType:
    return rows(
        ("FILE", "READ", "RESULT"), ((one.name, size(one.bytes_read), one.problem or "as written") for one in findings)
    )


def decision_list(decisions: Iterable[Decision]) -> RenderableType:
    return rows(("SET", "", "BECAUSE"), ((one.id, "keep" if one.keep else "delete", one.reason) for one in decisions))


def state(manifest: Manifest) -> str:
    if manifest.failures:
        return "incomplete"
    if manifest.warnings:
        return "suspicious"
    return "good" if manifest.complete else "good, single Contexts"


def _documents(manifest: Manifest) -> str | None:
    if manifest.objects is None:
        return None
    copied = "copied" if manifest.objects.copied else "listed, not copied"
    return f"{manifest.objects.count:,} ({size(manifest.objects.bytes)}), {copied}"


def _marks(marked: Marked) -> list[str]:
    kinds = (
        ("held", marked.held),
        ("drilled", marked.drilled),
        ("verified", marked.verified),
        ("being read", marked.read),
    )
    return [f"{name}: {mark.reason}" if mark.reason else name for name, mark in kinds if mark]
