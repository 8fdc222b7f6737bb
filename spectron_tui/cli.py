"""`spectron-tui`: opens the dashboard."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
import yaml

from spectron.errors import ArgumentError, SpectronError
from spectron.profiles import ProfileFile
from spectron.target import Given, find_target
from spectron_tui.actions.bindings import keymap
from spectron_tui.actions.catalogue import ACTIONS
from spectron_tui.app import PLACES, Dashboard
from spectron_tui.surroundings import Surroundings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Url = Annotated[str | None, typer.Option(help="The server's address. (SPECTRON_URL)")]
ApiKey = Annotated[str | None, typer.Option(help="A management key. (SPECTRON_API_KEY)")]
ContextId = Annotated[str | None, typer.Option(help="The Context to look at. (SPECTRON_CONTEXT_ID)")]
ProfileName = Annotated[str | None, typer.Option(help="A profile that `spectronctl login` made. (SPECTRON_PROFILE)")]
Write = Annotated[bool, typer.Option("--write", help="Allow actions that change something.")]
Place = Annotated[str, typer.Option("--screen", help=f"Where to open: {', '.join(PLACES)}.")]
Filter = Annotated[str, typer.Option(help="Show only rows with these words, at first.")]
Keys = Annotated[Path | None, typer.Option(help="A YAML file that binds keys: `contexts.create: c`.")]
ListKeys = Annotated[bool, typer.Option("--list-keys", help="Print every action with its id and keys, and leave.")]
Version = Annotated[bool, typer.Option("--version", help="Print the version, and leave.")]


@app.command(epilog="Example: spectron-tui --context acme-prod --screen contexts --write")
def dashboard(
    url: Url = None,
    api_key: ApiKey = None,
    context: ContextId = None,
    profile: ProfileName = None,
    write: Write = False,
    screen: Place = "overview",
    filter: Filter = "",
    keys: Keys = None,
    list_keys: ListKeys = False,
    show_version: Version = False,
) -> None:
    """The terminal dashboard of a Spectron server. It only looks, unless --write is given."""
    if show_version:
        typer.echo(f"spectron-tui {version('spectron')}")
        return
    if list_keys:
        for action in ACTIONS:
            typer.echo(f"{action.id:<20} {','.join(action.keys):<16} {action.help}")
        return
    if screen not in PLACES:
        raise typer.BadParameter(f"there is no screen {screen!r}; there are {', '.join(PLACES)}", param_hint="--screen")
    try:
        given = Given(url=url, api_key=api_key, context=context, profile=profile)
        surroundings = _surroundings(given, os.environ, writes=write)
        chosen = keymap(_chosen_keys(keys, os.environ))
    except SpectronError as error:
        typer.echo(f"spectron-tui: {error}", err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(Dashboard(surroundings, place=screen, filter=filter, keys=chosen).run() or 0)


def _surroundings(given: Given, environ: Mapping[str, str], *, writes: bool) -> Surroundings:
    return Surroundings(
        target=find_target(given, environ, Path.cwd()),
        profiles=ProfileFile.of_user(environ).load(),
        writes=writes,
        now=lambda: datetime.now(UTC),
        sleep=asyncio.sleep,
        transport=httpx.AsyncHTTPTransport,
        exports=Path.cwd(),
    )


def _chosen_keys(file: Path | None, environ: Mapping[str, str]) -> dict[str, str]:
    """What the file says; without an option, the user's own file if there is one."""
    standard = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "spectron" / "keys.yaml"
    path = file or standard
    if file is None and not standard.is_file():
        return {}
    try:
        document: Any = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ArgumentError(f"Can't read the keys in {path}: {error}") from error
    if not isinstance(document, dict) or not all(isinstance(part, str) for pair in document.items() for part in pair):
        raise ArgumentError(f"{path} must map ids of actions to keys, such as `contexts.create: c`.")
    return document


def main() -> None:
    """The console script."""
    app(prog_name="spectron-tui")
