"""`spectronctl login` and `spectronctl logout`."""

from typing import Annotated

import typer

from spectron.endpoint import DEFAULT_URL
from spectron.errors import ArgumentError, ForbiddenError, UnauthorizedError
from spectron.profiles import DEFAULT_PROFILE, Profile, ProfileFile
from spectron.target import Given
from spectron.terminal.commands import command
from spectron.terminal.session import Session


def register(app: typer.Typer) -> None:
    command(app, example="spectronctl login --profile prod --url https://spectron.example.com")(login)
    command(app, example="spectronctl logout --profile prod")(logout)


def login(
    session: Session,
    repository: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where its backups are, for the dashboard.")
    ] = None,
) -> None:
    """Try a key, and keep it with the server's address as a profile.

    The key is that of --api-key or SPECTRON_API_KEY; else it is asked for, or read from standard input.
    """
    said = session.given.over(Given.by_environment(session.terminal.environ))
    url, name = said.url or DEFAULT_URL, said.profile or DEFAULT_PROFILE
    key = (said.api_key or session.terminal.ask_secret(f"Key for {url}: ")).strip()
    if not key:
        raise ArgumentError("No key was given. Type it, pipe it in, or use --api-key.")
    with session.client(url, key) as admin:
        try:
            admin.contexts.list(limit=1)
        except UnauthorizedError as error:
            raise ArgumentError(f"{url} does not take this key, so nothing was saved. {error.detail}") from error
        except ForbiddenError:
            session.out.note("The key is good, but it is not a management key: it reaches only its own Context.")
    file = ProfileFile.of_user(session.terminal.environ)
    file.save(file.load().adding(name, Profile(url, key, said.context, repository)))
    session.out.note(f"Logged in to {url} as profile {name}, kept in {file.path}.")


def logout(session: Session) -> None:
    """Forget a profile and its key: the one of --profile, else the current one. The key itself goes on working."""
    file = ProfileFile.of_user(session.terminal.environ)
    profiles = file.load()
    name = session.given.over(Given.by_environment(session.terminal.environ)).profile or profiles.current
    if name is None:
        raise ArgumentError("Nobody is logged in. Name a profile with --profile, see `spectronctl profiles list`.")
    file.save(profiles.removing(name))
    session.out.note(f"Profile {name} is forgotten.")
