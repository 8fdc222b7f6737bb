"""`spectronctl health` and `spectronctl ready`."""

import typer
from rich.console import Group, RenderableType

from spectron.models.service import Health, Ready
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import fields, rows

UNAVAILABLE = "unavailable"


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl health --url http://127.0.0.1:9090")(health)
    command(app, example="spectronctl ready --json")(ready)


def health(session: Session) -> None:
    """Say whether the server lives; needs no key."""
    session.show(session.admin.health(), health_sheet)


def ready(session: Session) -> None:
    """Say whether the server can do its work, and which Contexts can't be used; fails if it can't."""
    answer = session.admin.ready()
    session.show(answer, ready_sheet)
    if answer.status == UNAVAILABLE:
        raise typer.Exit(1)


def health_sheet(health: Health) -> RenderableType:
    return fields(
        {"status": health.status, "version": health.version, "running for": f"{health.uptime_seconds:,.0f} s"}
    )


def ready_sheet(ready: Ready) -> RenderableType:
    sheet = fields({"status": ready.status, "engine": ready.engine, "object store": ready.object_store})
    contexts = rows(("CONTEXT", "STATE", "REASON"), ((each.id, each.state, each.reason) for each in ready.contexts))
    return Group(sheet, contexts) if ready.contexts else sheet
