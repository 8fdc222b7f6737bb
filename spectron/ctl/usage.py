"""`spectronctl usage` and `spectronctl stats`."""

import typer

from spectron.ctl.arguments import ContextIdOrOption
from spectron.ctl.context_views import stats_sheet, usage_sheet
from spectron.terminal.commands import command
from spectron.terminal.session import Session


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl usage acme-prod")(usage)
    command(app, example="spectronctl stats acme-prod --json")(stats)


def usage(session: Session, id: ContextIdOrOption = None) -> None:
    """Show the tokens a Context used this month."""
    session.show(session.admin.contexts(session.context_id(id)).usage(), usage_sheet)


def stats(session: Session, id: ContextIdOrOption = None) -> None:
    """Show how much a Context holds: rows, documents, bytes, and the state of its search index."""
    session.show(session.admin.contexts(session.context_id(id)).stats(), stats_sheet)
