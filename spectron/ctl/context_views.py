"""Contexts as people read them."""

from rich.console import Group, RenderableType

from spectron.models.context import Context, DeletionPreview, Stats, Usage
from spectron.models.record import Page
from spectron.terminal.tables import fields, flattened, rows, size


def context_list(page: Page[Context]) -> RenderableType:
    return rows(
        ("ID", "NAMESPACE", "DATABASE", "STATE", "TOKEN LIMIT", "CREATED"),
        (
            (context.id, context.namespace, context.database, context.state, limit, context.created_at)
            for context in page
            for limit in (context.config.get("token_limit"),)
        ),
    )


def context_sheet(context: Context) -> RenderableType:
    sheet = fields(
        {
            "id": context.id,
            "namespace": context.namespace,
            "database": context.database,
            "state": f"{context.state}: {context.reason}" if context.reason else context.state,
            "created": context.created_at,
            "updated": context.updated_at,
            "schema": context.schema.get("version"),
            "provider keys": context.providers_configured,
        }
    )
    values = sorted(flattened(context.config))
    config = rows(("SETTING", "VALUE", "FROM"), ((name, value, context.sources.get(name)) for name, value in values))
    return Group(sheet, config) if values else sheet


def deletion_sheet(preview: DeletionPreview) -> RenderableType:
    return fields(
        {
            "Context": preview.context,
            "database": f"{preview.namespace}/{preview.database}",
            "rows": sum(preview.tables.values()),
            "by table": {table: count for table, count in preview.tables.items() if count},
            "keys": preview.keys,
            "jobs": preview.jobs,
            "documents stored": f"{preview.objects:,} ({size(preview.object_bytes)})",
        }
    )


def usage_sheet(usage: Usage) -> RenderableType:
    return fields(
        {
            "Context": usage.context_id,
            "period": usage.period,
            "tokens used": usage.tokens_used,
            "token limit": "none" if usage.token_limit is None else usage.token_limit,
            "percent": None if usage.percent is None else f"{usage.percent:.1f} %",
            "starts again": usage.resets_at,
        }
    )


def stats_sheet(stats: Stats) -> RenderableType:
    return fields(
        {
            "Context": stats.context_id,
            "documents": stats.documents,
            "bytes stored": size(stats.object_bytes),
            "index": stats.index,
            **{f"rows in {table}": count for table, count in sorted(stats.tables.items())},
        }
    )
