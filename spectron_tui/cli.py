"""`spectron-tui`: opens the dashboard."""

import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from spectron.errors import ArgumentError, SpectronError
from spectron.target import Given
from spectron_tui.actions.bindings import keymap
from spectron_tui.actions.catalogue import ACTIONS
from spectron_tui.app import Dashboard
from spectron_tui.leaving import run
from spectron_tui.opening import demonstrated, live, replayed
from spectron_tui.places import PLACES

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Url = Annotated[str | None, typer.Option(help="The server's address. (SPECTRON_URL)")]
ApiKey = Annotated[str | None, typer.Option(help="A management key. (SPECTRON_API_KEY)")]
ContextId = Annotated[str | None, typer.Option(help="The Context to look at. (SPECTRON_CONTEXT_ID)")]
ProfileName = Annotated[str | None, typer.Option(help="A profile that `spectronctl login` made. (SPECTRON_PROFILE)")]
Write = Annotated[bool, typer.Option("--write", help="Allow actions that change something.")]
Place = Annotated[str, typer.Option("--screen", help=f"Where to open: {', '.join(PLACES)}.")]
Filter = Annotated[str, typer.Option(help="Show only rows with these words, at first.")]
Repository = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Where the backups are, else the profile's. (SPECTRON_BACKUP_REPOSITORY)"),
]
Keys = Annotated[Path | None, typer.Option(help="A YAML file that binds keys: `contexts.create: c`.")]
Record = Annotated[Path | None, typer.Option(help="Keep what is seen in a new file, to be played later.")]
Replay = Annotated[Path | None, typer.Option(help="Play a recording instead of looking at a server.")]
Demo = Annotated[bool, typer.Option("--demo", help="Play the recording that comes along: no server is needed.")]
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
    repository: Repository = None,
    keys: Keys = None,
    record: Record = None,
    replay: Replay = None,
    demo: Demo = False,
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
        chosen = keymap(_chosen_keys(keys, os.environ))
        if demo or replay:
            _nothing_else(given, demo=demo, replay=replay, write=write, record=record)
            surroundings = replayed(replay) if replay else demonstrated()
        else:
            surroundings = live(given, os.environ, repository, writes=write, record=record)
    except SpectronError as error:
        typer.echo(f"spectron-tui: {error}", err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(run(Dashboard(surroundings, place=screen, filter=filter, keys=chosen)))


def _nothing_else(given: Given, *, demo: bool, replay: Path | None, write: bool, record: Path | None) -> None:
    """A recording is of a server that is not asked again: nothing can be changed there, and nothing newer be kept."""
    option = "--demo" if demo else "--replay"
    senseless = {
        "--replay": bool(demo and replay),
        "--write": write,
        "--record": record is not None,
        "--url": bool(given.url),
        "--profile": bool(given.profile),
        "--api-key": bool(given.api_key),
    }
    for other, said in senseless.items():
        if said:
            raise typer.BadParameter(f"{option} plays a recording and can't go with {other}", param_hint=option)


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
