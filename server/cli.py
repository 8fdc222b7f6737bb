"""`spectrond`: runs the server and looks after its databases."""

import asyncio
import json
import os
import shlex
import shutil
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from server.app import VERSION, Server
from server.control.audit import SYSTEM
from server.control.secrets import write_private
from server.core.clock import SystemClock
from server.core.errors import ConflictError, ContextNotFoundError, SpectronError
from server.description import openapi_document
from server.maintenance import apply_migrations, migration_status
from server.observe import logs
from server.offline import Offline
from server.serving import attend, serve
from server.settings import Loaded, load
from server.store.embedded import REST_SECONDS

MANAGEMENT_KEY_FILE = "management.key"
DEMO = "demo"

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False, help="The Spectron server."
)
dev = typer.Typer(no_args_is_help=True, help="Everything in one process, on the embedded database.")
api = typer.Typer(no_args_is_help=True, help="The HTTP API alone, on a SurrealDB server.")
worker = typer.Typer(no_args_is_help=True, help="The queue worked off alone, on a SurrealDB server.")
scheduler = typer.Typer(no_args_is_help=True, help="Sweeps by the clock alone, on a SurrealDB server.")
config = typer.Typer(no_args_is_help=True, help="What is configured.")
migrate = typer.Typer(no_args_is_help=True, help="The schema of all databases.")
export = typer.Typer(no_args_is_help=True, help="Dumps from the databases themselves, while no server runs.")
for name, group in {
    "dev": dev,
    "api": api,
    "worker": worker,
    "scheduler": scheduler,
    "config": config,
    "migrate": migrate,
    "export": export,
}.items():
    app.add_typer(group, name=name)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="A YAML file of settings.")]
DataDir = Annotated[Path | None, typer.Option(help="Where the database, objects and key files live.")]
Bind = Annotated[str | None, typer.Option(help="Address and port to listen on.")]
ContextId = Annotated[str, typer.Argument(metavar="CONTEXT", help="The Context's id.")]
Readable = Annotated[bool, typer.Option("--readable", help="Rows as text that people can read; larger.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"spectrond {VERSION}")
        raise typer.Exit


@dev.command("start")
def dev_start(
    data_dir: DataDir = None,
    bind: Bind = None,
    config_file: ConfigFile = None,
    demo: Annotated[bool, typer.Option("--demo", help="Create a Context named demo.")] = False,
) -> None:
    """Start everything in one process.

    Example: spectrond dev start --data-dir ./data --bind 127.0.0.1:9090
    """
    loaded = _load(config_file, data_dir=data_dir, bind=bind)
    server = Server(loaded.settings, schedules=True, works=True)
    key_file = loaded.settings.data_path / MANAGEMENT_KEY_FILE

    async def started(url: str) -> None:
        kept = key_file.read_text(encoding="ascii").strip() if key_file.exists() else None
        await server.first_keys.ensure(lambda text: write_private(key_file, text + "\n"), kept)
        if demo:
            await _ensure_demo(server)
        _welcome(url, key_file)

    _run(serve(server, started))


@api.command("start")
def api_start(bind: Bind = None, config_file: ConfigFile = None) -> None:
    """Start the HTTP API on the SurrealDB server that SPECTRON_DATABASE_URL names.

    Example: SPECTRON_DATABASE_URL=wss://db.internal:8000 spectrond api start --bind 0.0.0.0:9090
    """
    loaded = _load(config_file, bind=bind)
    _need_remote(loaded, "api start")

    async def started(url: str) -> None:
        typer.echo(f"Spectron {VERSION} listens on {url}", err=True)

    _run(serve(Server(loaded.settings), started))


@worker.command("start")
def worker_start(config_file: ConfigFile = None) -> None:
    """Process what is queued; as many workers as wanted share the work.

    Example: SPECTRON_DATABASE_URL=wss://db.internal:8000 spectrond worker start
    """
    loaded = _load(config_file)
    _need_remote(loaded, "worker start")
    _run(attend(Server(loaded.settings, works=True), lambda: typer.echo(f"Spectron {VERSION} works", err=True)))


@scheduler.command("start")
def scheduler_start(config_file: ConfigFile = None) -> None:
    """Delete by the clock what is due; of several schedulers, one at a time does the work.

    Example: SPECTRON_DATABASE_URL=wss://db.internal:8000 spectrond scheduler start
    """
    loaded = _load(config_file)
    _need_remote(loaded, "scheduler start")
    _run(attend(Server(loaded.settings, schedules=True), lambda: typer.echo(f"Spectron {VERSION} schedules", err=True)))


@app.command()
def bootstrap(
    data_dir: DataDir = None,
    config_file: ConfigFile = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Make one although there is one; all others are refused from then on.")
    ] = False,
    new_master_key: Annotated[
        bool, typer.Option("--new-master-key", help="Go on under another master key: the deployment's own is lost.")
    ] = False,
) -> None:
    """Print the first management key; refuses when there is one, unless that is to be replaced.

    Example: spectrond bootstrap > management.key
    """
    settings = _load(config_file, data_dir=data_dir).settings
    server = Server(settings, new_master_key=new_master_key)
    key_file = settings.data_path / MANAGEMENT_KEY_FILE
    minted: list[str] = []

    def keep(text: str) -> None:
        minted.append(text)
        if key_file.exists():
            write_private(key_file, text + "\n")

    async def mint() -> None:
        try:
            await server.start()
            if replace:
                await server.first_keys.replace(keep)
            elif not await server.first_keys.ensure(keep, None):
                raise ConflictError(
                    "There is a management key already; it cannot be shown again. --replace makes another."
                )
        finally:
            await server.stop()

    _run(mint())
    typer.echo(minted[0])


@config.command("check")
def config_check(data_dir: DataDir = None, config_file: ConfigFile = None, as_json: Json = False) -> None:
    """Print what is in force and where each value comes from, secrets hidden.

    Example: spectrond config check --config /etc/spectron.yaml
    """
    shown = _load(config_file, data_dir=data_dir).redacted()
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
        return
    width = max(map(len, shown))
    for setting, entry in shown.items():
        typer.echo(f"{setting:<{width}}  {entry['source']:<11}  {entry['value']}")


@migrate.command("status")
def migrate_status(data_dir: DataDir = None, config_file: ConfigFile = None, as_json: Json = False) -> None:
    """Say for each database which migrations are applied.

    Example: spectrond migrate status --json
    """
    statuses = _run(migration_status(Server(_load(config_file, data_dir=data_dir).settings)))
    if as_json:
        typer.echo(json.dumps(statuses, indent=2))
    else:
        for one in statuses:
            typer.echo(f"{one['database']:<32}  V{one['version']}__{one['name']:<12}  {one['state']}")
    if any(one["state"] != "applied" for one in statuses):
        raise typer.Exit(1)


@migrate.command("apply")
def migrate_apply(data_dir: DataDir = None, config_file: ConfigFile = None, as_json: Json = False) -> None:
    """Apply what is missing everywhere; a database that fails does not stop the others.

    Example: spectrond migrate apply
    """
    results = _run(apply_migrations(Server(_load(config_file, data_dir=data_dir).settings)))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        for one in results:
            done = ", ".join(f"V{version}" for version in one["applied"]) or "nothing to do"
            typer.echo(f"{one['database']:<32}  {one['error'] or done}")
    if any(one["error"] for one in results):
        raise typer.Exit(1)


@app.command()
def openapi(
    out: Annotated[Path | None, typer.Option("--out", help="A file, instead of standard output.")] = None,
) -> None:
    """Write the OpenAPI document of the HTTP API; needs no configuration and no running server.

    Example: spectrond openapi --out openapi.json
    """
    text = json.dumps(_run(openapi_document()), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")


@export.command("list")
def export_list(data_dir: DataDir = None, config_file: ConfigFile = None) -> None:
    """Print a line of JSON for each Context that can be exported.

    Example: SPECTRON_DATABASE_URL=wss://db.internal:8000 spectrond export list
    """
    _run(_print(Offline(_load(config_file, data_dir=data_dir).settings).contexts()))


@export.command("context")
def export_context(
    context_id: ContextId, data_dir: DataDir = None, config_file: ConfigFile = None, readable: Readable = False
) -> None:
    """Write the dump of a Context, as the server's own export would.

    Example: spectrond export context acme-prod --data-dir ./data > acme-prod.surql
    """
    offline = Offline(_load(config_file, data_dir=data_dir).settings)
    _run(_print(offline.context(context_id, "literals" if readable else "blocks")))


@export.command("control")
def export_control(data_dir: DataDir = None, config_file: ConfigFile = None, readable: Readable = False) -> None:
    """Write the dump of the control plane.

    Example: spectrond export control --data-dir ./data > control.surql
    """
    offline = Offline(_load(config_file, data_dir=data_dir).settings)
    _run(_print(offline.control("literals" if readable else "blocks")))


@export.command("originals")
def export_originals(context_id: ContextId, data_dir: DataDir = None, config_file: ConfigFile = None) -> None:
    """Print a line of JSON for the original of each document: its id, BLAKE3 hash and size.

    Example: spectrond export originals acme-prod --data-dir ./data
    """
    _run(_print(Offline(_load(config_file, data_dir=data_dir).settings).originals(context_id)))


async def _print(pieces: AsyncGenerator[bytes, None]) -> None:
    async with aclosing(pieces):
        async for piece in pieces:
            sys.stdout.buffer.write(piece)
    sys.stdout.flush()


def _load(file: Path | None, **arguments: Any) -> Loaded:
    loaded = load(os.environ, file=file, arguments=arguments)
    logs.configure(loaded.settings.log_level, loaded.settings.log_format)
    return loaded


def _run(work: Coroutine[Any, Any, T]) -> T:
    async def rested() -> T:
        try:
            return await work
        finally:
            await SystemClock().sleep(REST_SECONDS)

    return asyncio.run(rested())


async def _ensure_demo(server: Server) -> None:
    try:
        await server.control.contexts.registry.get(DEMO)
    except ContextNotFoundError:
        await server.control.contexts.create(DEMO, DEMO, DEMO, {}, SYSTEM)


def _welcome(url: str, key_file: Path) -> None:
    beside = Path(sys.argv[0]).absolute().with_name("spectronctl")
    ctl = "spectronctl" if shutil.which("spectronctl") or not beside.exists() else shlex.quote(str(beside))
    typer.echo(
        f"""Spectron {VERSION} listens on {url}
The management key is in {key_file}

Try, in another terminal:
  export SPECTRON_URL={url} SPECTRON_API_KEY="$(cat {shlex.quote(str(key_file))})"
  {ctl} health
  {ctl} contexts create acme --namespace acme --database prod
  {ctl} keys create --context acme --name app

Ctrl-C stops the server.""",
        err=True,
    )


def _need_remote(loaded: Loaded, command: str) -> None:
    if not loaded.settings.database_url.startswith(("ws://", "wss://")):
        _fail(f"`{command}` needs a SurrealDB server: set SPECTRON_DATABASE_URL, or use `spectrond dev start`.")


def _fail(message: str) -> NoReturn:
    typer.echo(f"spectrond: {message}", err=True)
    raise SystemExit(1)


def main() -> None:
    """Run the command line; whatever is expected to fail does so in one line."""
    try:
        app()
    except SpectronError as error:
        _fail(error.detail)
