"""`spectron-ops`: backups, restores, drills and schedules are to come; until then it says so."""

from importlib.metadata import version
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help="Backup, restore, drill and object store set-up (not in this version).")


@app.command()
def status(show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Say what this version can do.

    Example: spectron-ops --version
    """
    if show_version:
        typer.echo(f"spectron-ops {version('spectron')}")
        return
    typer.echo("Backup, restore, drill and object store set-up are not part of this version.", err=True)
    raise typer.Exit(1)


def main() -> None:
    app()
