"""`spectronctl lifecycle`."""

from typing import Annotated

import typer

from spectron.ctl.arguments import ContextIdOrOption
from spectron.ctl.retention_views import decay_sheet, sweep_list, sweep_sheet
from spectron.terminal.commands import command
from spectron.terminal.session import Session

app = typer.Typer(help="Sweeps and decay: expire, sweeps, decay.", no_args_is_help=True)


@command(app, example="spectronctl lifecycle expire --dry-run")
def expire(
    session: Session,
    ids: Annotated[list[str], typer.Argument(metavar="[ID]...", help="Contexts; without any, all of them.")] = [],  # noqa: B006 - Typer reads it, nobody writes to it
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
) -> None:
    """Delete what is due now, as the hourly sweep does; fails if it could not be done in some Context."""
    named = ids or ([session.given.context] if session.given.context else [])
    sweep = session.admin.lifecycle.expire(dry_run=dry_run, contexts=named)
    session.show(sweep, sweep_sheet)
    if any(context.error for context in sweep.contexts):
        raise typer.Exit(1)


@command(app, example="spectronctl lifecycle sweeps --limit 5")
def sweeps(
    session: Session,
    limit: Annotated[int | None, typer.Option(help="How many at most.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on from there.")] = None,
) -> None:
    """List sweeps, the newest first; one that is running shows how far it has come."""
    page = session.admin.lifecycle.sweeps(limit=limit, cursor=cursor)
    session.show(page, sweep_list)
    if page.has_more:
        session.out.note(f"There are more: --cursor {page.next_cursor}")


@command(app, example="spectronctl lifecycle decay acme-prod")
def decay(session: Session, id: ContextIdOrOption = None) -> None:
    """Take one day's importance from the facts of a Context now, besides what the days take."""
    session.show(session.admin.lifecycle.decay(session.context_id(id)), decay_sheet)
