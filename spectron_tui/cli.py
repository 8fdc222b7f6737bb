"""`spectron-tui`: the dashboard is to come; until then it says so."""

from importlib.metadata import version
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help="The terminal dashboard (not in this version).")


@app.command()
def status(show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Say what this version can do.

    Example: spectron-tui --version
    """
    if show_version:
        typer.echo(f"spectron-tui {version('spectron')}")
        return
    typer.echo("The dashboard is not part of this version; `spectronctl` does its work.", err=True)
    raise typer.Exit(1)


def main() -> None:
    app()
