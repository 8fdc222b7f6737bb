"""A Context as rows and as text."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from spectron.models.audit import AuditEvent
from spectron.models.context import Context
from spectron.models.key import Key
from spectron.models.retention import RetentionPolicies
from spectron.terminal.tables import flattened, size
from spectron_tui.feed.panel import Panel
from spectron_tui.feed.tenancy import Tenancy
from spectron_tui.widgets.rows import Row
from spectron_tui.widgets.spark import meter
from spectron_tui.wording import age, number


def heading(id: str, context: Context | None) -> str:
    """Which Context it is, and whether it can be used."""
    if context is None:
        return id
    return f"{id} · {context.state}{f': {context.reason}' if context.reason else ''}"


def key_rows(keys: Iterable[Key], now: datetime) -> list[Row]:
    """The keys, without their secrets, which nobody has."""
    return [
        Row(
            key.id,
            (key.name, key.principal, floor(key.scope_floor), key.state, age(key.last_used_at, now), key.id),
            document=key,
            style="" if key.state == "active" else "dim",
        )
        for key in keys
    ]


def floor(scope: Mapping[str, str]) -> str:
    """A scope as a path."""
    return "/".join(part for pair in sorted(scope.items()) for part in pair) or "-"


def config_rows(context: Context | None) -> list[Row]:
    """Every value in force and where it comes from."""
    if context is None:
        return []
    values = sorted(flattened(context.config))
    return [
        Row(name, (name, _text(value), context.sources.get(name, "")), document={name: value}) for name, value in values
    ]


def audit_rows(events: Iterable[AuditEvent], now: datetime) -> list[Row]:
    """What was done and refused, the newest first."""
    return [
        Row(
            event.id,
            (age(event.created_at, now), event.kind, event.action, event.outcome, event.target or "-", event.id),
            document=event,
            style="bold" if event.outcome not in {"ok", "done", "allowed", "success"} else "",
        )
        for event in events
    ]


def measures(seen: Tenancy) -> str:
    """Tokens, rows and bytes."""
    lines = [*_binding(seen.context.value), *_usage(seen), "", *_stats(seen)]
    return "\n".join(lines)


def retention(panel: Panel[RetentionPolicies]) -> str:
    """The policies in force and the defaults behind them."""
    policies = panel.value
    if policies is None:
        return panel.error or "◌ Loading the policies …"
    lines = [
        f"{policy.memory_category:<13}{policy.ttl:<12}{floor(policy.scope):<28}{policy.source or ''}"
        f"{'' if policy.in_force else '  (another one nearer to the Context counts)'}"
        for policy in policies.policies
    ] or ["No policy of its own."]
    defaults = [f"{default.memory_category:<13}{default.ttl:<12}{default.source}" for default in policies.defaults]
    return "\n".join(["Policies", *lines, "", "Where no policy matches", *defaults, "", _grace(policies)])


def _grace(policies: RetentionPolicies) -> str:
    return f"What was forgotten can be reinstated for {policies.expired_grace}."


def _binding(context: Context | None) -> list[str]:
    if context is None:
        return []
    providers = ", ".join(context.providers_configured) or "none: it works offline"
    return [
        f"database   {context.namespace}/{context.database}, schema {context.schema.get('version', '-')}",
        f"state      {context.state}{f': {context.reason}' if context.reason else ''}",
        f"providers  {providers}",
    ]


def _usage(seen: Tenancy) -> list[str]:
    usage = seen.usage.value
    if usage is None:
        return [f"tokens     {seen.usage.error or '…'}"]
    limit = f" of {number(usage.token_limit)}" if usage.token_limit else ""
    return [f"tokens     {number(usage.tokens_used)}{limit} {meter(usage.tokens_used, usage.token_limit, 20).rstrip()}"]


def _stats(seen: Tenancy) -> list[str]:
    stats = seen.stats.value
    if stats is None:
        return [seen.stats.error or "◌ Counting …"]
    documents = ", ".join(f"{count} {status}" for status, count in sorted(stats.documents.items())) or "none"
    tables = [f"  {table:<26}{number(count):>12}" for table, count in sorted(stats.tables.items()) if count]
    return [f"documents  {documents}", f"originals  {size(stats.object_bytes)}", "", "Rows by table", *tables]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
