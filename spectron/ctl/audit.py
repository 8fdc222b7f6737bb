"""`spectronctl audit`."""

from typing import Annotated

import typer
from rich.console import RenderableType

from spectron.ctl.arguments import ContextIdOrOption, moment
from spectron.models.audit import AuditEvent
from spectron.models.record import Page
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import rows


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl audit acme-prod --since 2026-11-01 --limit 20")(audit)


def audit(
    session: Session,
    id: ContextIdOrOption = None,
    kind: Annotated[str | None, typer.Option(help="Only events of this kind.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what this key did.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only from then on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only before then.")] = None,
    limit: Annotated[int | None, typer.Option(help="How many at most.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on from there.")] = None,
) -> None:
    """Show what was done and refused in a Context, the newest first."""
    page = session.admin.contexts(session.context_id(id)).audit(
        kind=kind,
        actor=actor,
        since=None if since is None else moment(since),
        until=None if until is None else moment(until),
        limit=limit,
        cursor=cursor,
    )
    session.show(page, event_list)
    if page.has_more:
        session.out.note(f"There are more: --cursor {page.next_cursor}")


def event_list(page: Page[AuditEvent]) -> RenderableType:
    return rows(
        ("TIME", "KIND", "ACTION", "OUTCOME", "ACTOR", "TARGET", "TIMES", "EVENT"),
        ((one.created_at, one.kind, one.action, one.outcome, one.actor, one.target, one.count, one.id) for one in page),
    )
