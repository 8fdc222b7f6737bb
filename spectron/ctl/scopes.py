"""`spectronctl scopes`."""

from typing import Annotated

import typer
from rich.console import RenderableType

from spectron.ctl.arguments import DryRun, Yes
from spectron.ctl.belief_views import place_list
from spectron.models.memory import ErasedPlace
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import fields

NOTHING_TO_DO = 3

app = typer.Typer(help="The scope tree: list, forget.", no_args_is_help=True)


@command(app, name="list", example="spectronctl scopes list --context acme-prod")
def list_(session: Session) -> None:
    """List the places that are registered or that records are in."""
    places = session.here.scopes.list()
    if session.as_json:
        session.out.json([place.raw for place in places])
    elif not places:
        session.out.note("There is none.")
    else:
        session.out.show(place_list(places))


@command(app, example="spectronctl scopes forget org/acme/user/alice --dry-run --context acme-prod")
def forget(
    session: Session,
    path: Annotated[str, typer.Argument(metavar="PATH", help="The place, such as org/acme/user/alice.")],
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Erase a place and all below it for good: memory, documents and traces."""
    scopes = session.here.scopes
    if dry_run:
        session.show(scopes.forget(path, dry_run=True), erased_sheet)
        return
    if not yes:
        counted = scopes.forget(path, dry_run=True)
        if not counted.forgotten:
            session.out.note("There is nothing in this place.")
            raise typer.Exit(NOTHING_TO_DO)
        session.out.preview(erased_sheet(counted))
        session.confirm(path, "What is erased can't be brought back.")
    session.show(scopes.forget(path), erased_sheet)


def erased_sheet(erased: ErasedPlace) -> RenderableType:
    verb = "would be erased" if erased.dry_run else "erased"
    return fields({verb: erased.forgotten, "of these": erased.counts})
