"""`python -m spectron_tui.trial`: a server on this machine, filled, with the dashboard in front of it."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from shlex import quote
from types import FrameType
from typing import Annotated

import typer

from spectron.aio.client import AsyncSpectronManagement
from spectron.errors import SpectronError
from spectron.target import Given
from spectron_tui.app import Dashboard
from spectron_tui.leaving import run
from spectron_tui.opening import live
from spectron_tui.trial.content import CONTEXT, fill
from spectron_tui.trial.keeping import Keeping
from spectron_tui.trial.server import TrialError, TrialServer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

DataDir = Annotated[Path, typer.Option(help="Where the server keeps everything.")]
Bind = Annotated[str, typer.Option(help="Address and port that the server listens on.")]


@app.command()
def trial(data_dir: DataDir = Path("data"), bind: Bind = "127.0.0.1:9090") -> None:
    """Start a server, fill its Context demo, and open the dashboard; without a terminal, serve in the foreground."""
    seen = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        with TrialServer(data_dir, bind) as server:
            typer.echo(f"The server listens on {server.url}; its log is {server.log}.")
            if asyncio.run(_filled(server)):
                typer.echo(f"The Context {CONTEXT} holds something to look at now.")
            with Keeping(data_dir.absolute(), server.url, server.key) as kept:
                if seen:
                    _look(server, kept)
                else:
                    _serve(server, kept)
    except (TrialError, SpectronError) as error:
        typer.echo(f"make run: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"The server has stopped. Everything is in {data_dir}; the next start goes on with it.")


async def _filled(server: TrialServer) -> bool:
    async with AsyncSpectronManagement(server.url, server.key) as admin:
        return await fill(admin)


def _look(server: TrialServer, kept: Keeping) -> None:
    given = Given(url=server.url, api_key=server.key)
    run(Dashboard(live(given, {**os.environ, **kept.environ}, None, writes=True, record=None)))


def _serve(server: TrialServer, kept: Keeping) -> None:
    beside = Path(sys.executable).with_name("spectron-tui")
    told = " ".join(f"{name}={quote(value)}" for name, value in kept.environ.items())
    typer.echo(
        f"""
To look at it, in a terminal:
  SPECTRON_URL={server.url} SPECTRON_API_KEY="$(cat {server.key_file})" {told} {beside} --write

Ctrl-C stops the server."""
    )
    sys.stdout.flush()
    for number in (signal.SIGTERM, signal.SIGINT):
        # What was started in the background begins with Ctrl-C ignored; asked to stop it stops all the same.
        signal.signal(number, _interrupt)
    try:
        server.wait()
    except KeyboardInterrupt:
        typer.echo("Stopping …")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    app(prog_name="make run")
