"""`spectron-ops restore run`."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.progress import shown
from ops.repository.manifest import Manifest
from ops.restore.contexts import Destination, chosen, require_absent, restore_context
from ops.restore.fresh import Fresh
from ops.restore.loading import Loader
from ops.restore.switching import appearing
from ops.terminal import IdentityOptions, RepositoryOptions, SetId, action
from spectron.errors import ArgumentError
from spectron.terminal.session import Session
from spectron.terminal.tables import fields

app = typer.Typer(help="Restores, never over what is there: run.", no_args_is_help=True)
# Measured: a server loads dumps of encoded rows at about this rate on two cores.
BYTES_A_SECOND = 8 << 20


@dataclass(frozen=True)
class RestoreOptions:
    """What is restored, and where to."""

    as_: Annotated[str | None, typer.Option("--as", metavar="ID", help="The new Context's id.")] = None
    namespace: Annotated[str | None, typer.Option(help="The new Context's namespace, else its id.")] = None
    database: Annotated[str | None, typer.Option(help="The new Context's database, else its id.")] = None
    fresh: Annotated[
        Path | None, typer.Option(metavar="DATA_DIR", help="Everything, into a data folder that is not there yet.")
    ] = None
    master_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The master key of the deployment that was saved.")
    ] = None
    contexts_only: Annotated[
        bool, typer.Option("--contexts-only", help="Restore no keys, configuration and audit: needs no master key.")
    ] = False


@action(app, example="spectron-ops restore run latest --context acme --as acme-restored")
def run(
    session: Session,
    repository: RepositoryOptions,
    identities: IdentityOptions,
    options: RestoreOptions,
    set_id: SetId = "latest",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and how long it takes.")] = False,
) -> None:
    """Restore one Context under a new name on the running server, or all of a set into a fresh data folder.

    Every table is compared with the manifest before anything counts as restored; what fails leaves nothing behind.
    """
    if bool(options.as_) == bool(options.fresh):
        raise typer.BadParameter("say --as ID for one Context, or --fresh DATA_DIR for all", param_hint="--as, --fresh")
    with repository.open(session) as opened:
        manifest = opened.get(set_id)
        began = time.monotonic()
        with opened.marks.reading(manifest.id, "a restore"), shown(session.terminal) as reporter:
            if options.fresh:
                fresh = Fresh(
                    opened, manifest, identities.read(session), reporter,
                    environ=session.terminal.environ, master_key=_master_key(options),
                )  # fmt: skip
                document = _whole(session, fresh, manifest, options.fresh, dry_run=dry_run)
            else:
                loader = Loader(opened, manifest, identities.read(session), reporter)
                document = _one(session, loader, manifest, options, dry_run=dry_run)
    document |= {"set": manifest.id, "dry_run": dry_run, "seconds": round(time.monotonic() - began, 3)}
    if session.as_json:
        session.out.json(document)
    else:
        session.out.show(fields({name.replace("_", " "): value for name, value in document.items()}))


def _one(
    session: Session, loader: Loader, manifest: Manifest, options: RestoreOptions, *, dry_run: bool
) -> dict[str, Any]:
    dump = chosen(manifest, session.given.context)
    name = str(options.as_)
    to = Destination(name, options.namespace or name, options.database or name)
    document: dict[str, Any] = {"context": dump.context, "restored_as": to.context, "rows": dump.trailer.rows}
    if dry_run:
        require_absent(session.admin, to.context)
        return document | {"expected_seconds": _expected(dump.file.plain_size)}
    loaded = restore_context(session.admin, loader, dump, to)
    session.out.note(
        "Its configuration and keys are those of a new Context. Originals of its documents are looked for below "
        f"{to.context}/ in the object store: copy them there from below {dump.context}/."
    )
    return document | {"tables": len(loaded.tables), "migrated": list(loaded.migrated)}


def _whole(session: Session, fresh: Fresh, manifest: Manifest, target: Path, *, dry_run: bool) -> dict[str, Any]:
    folder = (session.terminal.directory / target).absolute()
    document: dict[str, Any] = {
        "data_dir": str(folder),
        "contexts": [dump.context for dump in manifest.contexts],
        "rows": manifest.rows,
    }
    if dry_run:
        size = sum(dump.file.plain_size for dump in manifest.dumps)
        return document | {"exists_already": folder.exists(), "expected_seconds": _expected(size)}
    with appearing(folder) as staging, fresh.built(staging) as restored:
        document |= {"objects": restored.objects, "control_plane": restored.with_control}
    session.out.note(f"Start it with `spectrond dev start --data-dir {folder}`.")
    return document


def _master_key(options: RestoreOptions) -> str | None:
    if options.contexts_only:
        return None
    if options.master_key is None:
        raise ArgumentError(
            "Keys and configuration can only be restored with the deployment's master key: give its file with "
            "--master-key, or say --contexts-only."
        )
    try:
        return options.master_key.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"Can't read the master key in {options.master_key}: {error}.") from error


def _expected(size: int) -> float:
    return round(size / BYTES_A_SECOND, 1)
