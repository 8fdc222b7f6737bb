"""`spectronctl profiles`."""

from typing import Annotated

import typer

from spectron.profiles import ProfileFile
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import rows

app = typer.Typer(help="Profiles that `login` made: list, use.", no_args_is_help=True)


@command(app, name="list", example="spectronctl profiles list")
def list_(session: Session) -> None:
    """List the profiles, without their keys."""
    profiles = ProfileFile.of_user(session.terminal.environ).load()
    listed = [
        {"name": name, "url": profile.url, "context": profile.context, "current": name == profiles.current}
        for name, profile in sorted(profiles.known.items())
    ]
    if session.as_json:
        session.out.json({"profiles": listed})
    elif not listed:
        session.out.note("There is none. `spectronctl login` makes one.")
    else:
        session.out.show(rows(("NAME", "URL", "CONTEXT", "CURRENT"), (each.values() for each in listed)))


@command(app, example="spectronctl profiles use prod")
def use(session: Session, name: Annotated[str, typer.Argument(metavar="NAME", help="The profile's name.")]) -> None:
    """Make a profile the one that counts when none is named."""
    file = ProfileFile.of_user(session.terminal.environ)
    file.save(file.load().using(name))
    session.out.note(f"{name} is now the current profile.")
