"""Where a backup reads from: the server, or its databases while it is down."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ops.offline import DatabaseSource
from ops.server import ServerSource
from ops.source import Source
from spectron.errors import ArgumentError
from spectron.terminal.session import Session


@dataclass(frozen=True)
class OriginOptions:
    """Nothing said means the server."""

    surreal: Annotated[
        str | None,
        typer.Option(metavar="ws://HOST:PORT", help="Read from this SurrealDB server, while no Spectron server runs."),
    ] = None
    user: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who signs in there, else root. (SPECTRON_DATABASE_USERNAME)")
    ] = None
    password_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its password, else that in SPECTRON_DATABASE_PASSWORD.")
    ] = None
    data_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Read from this data folder, while the server that it belongs to is stopped."),
    ] = None

    def source(self, session: Session, *, with_objects: bool) -> Source:
        environ = session.terminal.environ
        if with_objects and (self.surreal or self.data_dir):
            raise typer.BadParameter("originals are read through a server alone", param_hint="--with-objects")
        if self.surreal and self.data_dir:
            raise typer.BadParameter("say --surreal or --data-dir, not both", param_hint="--surreal")
        if self.surreal:
            settings = {
                "SPECTRON_DATABASE_URL": self.surreal,
                "SPECTRON_DATABASE_USERNAME": self.user or environ.get("SPECTRON_DATABASE_USERNAME") or "root",
                "SPECTRON_DATABASE_PASSWORD": self._password(environ.get("SPECTRON_DATABASE_PASSWORD")),
            }
            return DatabaseSource(self.surreal, settings, environ)
        if self.data_dir:
            folder = (session.terminal.directory / self.data_dir).absolute()
            settings = {"SPECTRON_DATABASE_URL": "embedded", "SPECTRON_DATA_DIR": str(folder)}
            if not (folder / "store").is_dir():
                raise ArgumentError(f"There is no store in {folder}. Name the data folder of a server.")
            return DatabaseSource(str(folder), settings, environ)
        return ServerSource(session.admin)

    def _password(self, known: str | None) -> str:
        if self.password_file is None:
            if known is None:
                raise ArgumentError(
                    "Give the database's password with --password-file, or in SPECTRON_DATABASE_PASSWORD."
                )
            return known
        try:
            return self.password_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ArgumentError(f"Can't read the password in {self.password_file}: {error}.") from error
