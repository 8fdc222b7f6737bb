"""Policies, previews and sweeps as people read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType

from spectron.models.record import Page
from spectron.models.retention import Decay, DeletionSet, RetentionPolicies, RetentionPreview, Sweep
from spectron.terminal.tables import fields, rows

EVERYTHING = "everything"


def retention_sheet(retention: RetentionPolicies) -> RenderableType:
    sheet = fields({"Context": retention.context_id, "grace after soft deletion": retention.expired_grace})
    defaults = rows(
        ("DEFAULT FOR", "TTL", "FROM"), ((each.memory_category, each.ttl, each.source) for each in retention.defaults)
    )
    policies = rows(
        ("SCOPE", "CATEGORY", "TTL", "FROM", "IN FORCE"),
        (
            (scope_text(each.scope), each.memory_category, each.ttl, each.source, each.in_force)
            for each in retention.policies
        ),
    )
    return Group(sheet, policies, defaults) if retention.policies else Group(sheet, defaults)


def preview_sheet(preview: RetentionPreview) -> RenderableType:
    sets = (
        ("newly deleted", preview.newly_deleted),
        ("no longer deleted", preview.no_longer_deleted),
        ("unchanged", preview.unchanged),
    )
    parts: list[RenderableType] = [fields({"Context": preview.context_id} | {name: part.count for name, part in sets})]
    if any(part.count for _, part in sets):
        parts.append(
            rows(
                ("AT THE NEXT SWEEP", "TABLE", "CATEGORY", "POLICY", "SCOPE", "COUNT", "OLDEST", "NEWEST"),
                (group for name, part in sets for group in _groups(name, part)),
            )
        )
    days = [(str(day.date), day.current, day.proposed) for day in preview.impact if day.current or day.proposed]
    if days:
        parts.append(rows(("DUE ON", "NOW IN FORCE", "PROPOSED"), days))
    if preview.warnings:
        parts.append(rows(("WARNING", ""), ((warned.kind, warned.message) for warned in preview.warnings)))
    return Group(*parts)


def changes(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The policies that one list has and the other has not, or has with another TTL."""
    old, new = ({_key(policy): policy.get("ttl") for policy in policies} for policies in (before, after))
    found = []
    for scope, category in sorted(old.keys() | new.keys()):
        was, will = old.get((scope, category)), new.get((scope, category))
        if was != will:
            kind = "added" if was is None else "removed" if will is None else "changed"
            found.append({"change": kind, "scope": scope, "memory_category": category, "from": was, "to": will})
    return found


def change_list(found: list[dict[str, Any]]) -> RenderableType:
    return rows(("CHANGE", "SCOPE", "CATEGORY", "FROM", "TO"), (each.values() for each in found))


def sweep_sheet(sweep: Sweep) -> RenderableType:
    verb = "would be deleted" if sweep.dry_run else "deleted"
    sheet = fields({verb: sweep.deleted_count, "chores": sweep.chores} if sweep.chores else {verb: sweep.deleted_count})
    contexts = rows(
        ("CONTEXT", "TABLE", "CATEGORY", "POLICY", "COUNT"),
        (
            (context.id, group.table, group.memory_category, group.policy, group.count)
            for context in sweep.contexts
            for group in context.by
        ),
    )
    failed = [(context.id, context.error) for context in sweep.contexts if context.error]
    parts: list[RenderableType] = [sheet, contexts] if sweep.deleted_count else [sheet]
    return Group(*parts, rows(("FAILED", "REASON"), failed)) if failed else Group(*parts)


def sweep_list(page: Page[Sweep]) -> RenderableType:
    return rows(
        ("STARTED", "STATE", "DELETED", "CONTEXTS", "FINISHED", "ERROR"),
        (
            (each.started_at, each.state, each.deleted_count, len(each.contexts), each.finished_at, each.error)
            for each in page
        ),
    )


def decay_sheet(decay: Decay) -> RenderableType:
    sheet = fields({"Context": decay.context_id, "facts that lost importance": decay.affected})
    groups = rows(
        ("TABLE", "CATEGORY", "COUNT"), ((group.table, group.memory_category, group.count) for group in decay.by)
    )
    return Group(sheet, groups) if decay.by else sheet


def scope_text(scope: object) -> str:
    """`org=acme,user=alice`, whichever notation it came in."""
    match scope:
        case Mapping():
            pairs = [
                f"{key}={one}"
                for key, value in scope.items()
                for one in (value if isinstance(value, list) else [value])
            ]
        case list() | tuple():
            pairs = [_pairs(str(item)) for item in scope]
        case _:
            pairs = [_pairs(str(scope or ""))]
    return ",".join(sorted(filter(None, ",".join(pairs).split(",")))) or EVERYTHING


def _pairs(path: str) -> str:
    """`org/acme/user/alice` as `org=acme,user=alice`."""
    parts = path.strip("/").split("/")
    return path if "=" in path else ",".join("=".join(pair) for pair in zip(parts[::2], parts[1::2], strict=False))


def _key(policy: Mapping[str, Any]) -> tuple[str, str]:
    return scope_text(policy.get("scope")), str(policy.get("memory_category", policy.get("memoryCategory")))


def _groups(name: str, part: DeletionSet) -> Iterable[tuple[object, ...]]:
    for group in part.by:
        scope = group.scope or EVERYTHING
        yield name, group.table, group.memory_category, group.policy, scope, group.count, group.oldest, group.newest
