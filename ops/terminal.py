"""What the commands of ops share: exit codes, the repository, the server to read from."""

import functools
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Concatenate, ParamSpec, cast

import typer

from ops.errors import USAGE, OpsError
from ops.repository.bucket_client import Credentials
from ops.repository.encryption import Identities, Recipients, recipients_in
from ops.repository.location import EXAMPLES, Location, parse_location
from ops.repository.opening import open_storage
from ops.repository.sets import Repository
from spectron.errors import ArgumentError
from spectron.terminal.commands import command
from spectron.terminal.session import Session

P = ParamSpec("P")
Action = Callable[Concatenate[Session, P], None]

SetId = Annotated[str, typer.Argument(metavar="SET", help="A set's id, or `latest`.")]


@dataclass(frozen=True)
class RepositoryOptions:
    """Where the backups are."""

    repository: Annotated[
        str | None,
        typer.Option(
            "--repository",
            "--to",
            metavar="ADDRESS",
            help="A folder, or s3://bucket/prefix?endpoint=…&region=…. (SPECTRON_BACKUP_REPOSITORY)",
        ),
    ] = None

    def location(self, session: Session) -> Location:
        address = self.repository or session.terminal.environ.get("SPECTRON_BACKUP_REPOSITORY")
        if not address:
            raise typer.BadParameter(f"say where the backups are, or set SPECTRON_BACKUP_REPOSITORY; {EXAMPLES}")
        return parse_location(address, session.terminal.directory)

    @contextmanager
    def open(self, session: Session, *, may_begin: bool = False) -> Iterator[Repository]:
        """The repository; one that is not there yet may be begun by a backup alone."""
        environ = session.terminal.environ
        location = self.location(session)
        with closing(open_storage(location, credentials=Credentials.by_environment(environ))) as storage:
            if not may_begin:
                storage.check()
            yield Repository(storage, now)


@dataclass(frozen=True)
class RecipientOptions:
    """For whom backups are encrypted."""

    recipient: Annotated[
        list[str],
        typer.Option(metavar="AGE1…", help="Encrypt so that its owner can read. (SPECTRON_BACKUP_RECIPIENTS)"),
    ] = field(default_factory=list)
    recipients_file: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Recipients, one a line.", show_default=False)
    ] = field(default_factory=list)

    def read(self, session: Session) -> Recipients:
        named = [*self.recipient, *(one for file in self.recipients_file for one in recipients_in(file))]
        return Recipients(named or session.terminal.environ.get("SPECTRON_BACKUP_RECIPIENTS", "").split())


@dataclass(frozen=True)
class IdentityOptions:
    """Who reads what is encrypted."""

    identity: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="A file with an age identity. (SPECTRON_BACKUP_IDENTITY)"),
    ] = field(default_factory=list)

    def read(self, session: Session) -> Identities:
        named = session.terminal.environ.get("SPECTRON_BACKUP_IDENTITY")
        return Identities.read(self.identity or ([Path(named)] if named else []))


def action(app: typer.Typer, *, example: str, name: str | None = None) -> Callable[[Action[P]], Action[P]]:
    """A command that ends with the exit code its error stands for."""

    def register(function: Action[P]) -> Action[P]:
        @functools.wraps(function)
        def run(session: Session, *args: P.args, **kwargs: P.kwargs) -> None:
            try:
                function(session, *args, **kwargs)
            except OpsError as error:
                session.out.error(str(error))
                raise typer.Exit(error.exit_code) from error
            except ArgumentError as error:
                session.out.error(str(error))
                raise typer.Exit(USAGE) from error

        command(app, example=example, name=name or function.__name__)(cast(Action[P], run))
        return function

    return register


def now() -> datetime:
    return datetime.now(UTC)


def new_token() -> str:
    return secrets.token_hex(3)
