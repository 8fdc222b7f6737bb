"""`spectronctl traces`."""

from enum import StrEnum
from typing import Annotated

import typer

from spectron.ctl.arguments import Cursor, Limit, ScopeOption, moment_or_none, scope_of
from spectron.ctl.jobs import event_line
from spectron.ctl.recall_views import stats_sheet, trace_list, trace_sheet
from spectron.errors import SpectronError
from spectron.terminal.commands import command
from spectron.terminal.session import Session

app = typer.Typer(help="How questions were answered: list, show, stats, tail.", no_args_is_help=True)


class Tier(StrEnum):
    """What answered."""

    DIRECT = "direct"
    CACHE = "cache"
    HYBRID = "hybrid"
    FULL_CONTEXT = "full_context"


Since = Annotated[str | None, typer.Option(metavar="TIME", help="Only from then on.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Only before then.")]


@command(app, name="list", example="spectronctl traces list --tier hybrid --slower-than 50 --context acme-prod")
def list_(
    session: Session,
    tier: Annotated[Tier | None, typer.Option(help="Only what this tier answered.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as query.")] = None,
    text: Annotated[str | None, typer.Option(help="Only where the question contains this.")] = None,
    conversation: Annotated[str | None, typer.Option("--session", metavar="ID", help="Only of this one.")] = None,
    slower_than: Annotated[float | None, typer.Option(metavar="MS", help="Only what took longer.")] = None,
    scope: ScopeOption = [],  # noqa: B006 - Typer reads it, nobody writes to it
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> None:
    """List what was asked and remembered, the newest first."""
    page = session.here.traces.list(
        tier=tier.value if tier else None,
        kind=kind,
        text=text,
        session=conversation,
        slower_than_ms=slower_than,
        scope=scope_of(scope),
        since=moment_or_none(since),
        until=moment_or_none(until),
        limit=limit,
        cursor=cursor,
    )
    session.show_page(page, trace_list, option="--cursor")


@command(app, example="spectronctl traces show 4f9k2 --context acme-prod")
def show(
    session: Session, id: Annotated[str, typer.Argument(metavar="ID", help="The trace's id, as every answer tells it.")]
) -> None:
    """Show how one question was answered: the tier and why, and the candidates with their scores."""
    session.show(session.here.traces.get(id), trace_sheet)


@command(app, example="spectronctl traces stats --hours 24 --context acme-prod")
def stats(
    session: Session,
    hours: Annotated[float | None, typer.Option(help="Of the last so many hours.")] = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Show how often each tier answered, how much came from the cache, and how long it took."""
    found = session.here.traces.stats(hours=hours, since=moment_or_none(since), until=moment_or_none(until))
    session.show(found, stats_sheet)
    if found.truncated:
        session.out.note(f"There are more: these are the newest {found.total:,}. Ask for a shorter time.")


@command(app, example="spectronctl traces tail --limit 1 --context acme-prod")
def tail(
    session: Session, limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many.")] = None
) -> None:
    """Follow questions as they are answered, until Ctrl-C; with --json, one a line."""

    def lost(error: SpectronError) -> None:
        session.out.note(f"{error} Trying again.")

    following = session.admin.events.follow(context=session.context_id(), kinds=["trace"], lost=lost)
    for number, event in enumerate(following, start=1):
        if session.as_json:
            session.out.record({"id": event.id, "kind": event.kind, "data": event.data})
        else:
            session.out.line(event_line(event))
            session.out.flush()
        if number == limit:
            return
