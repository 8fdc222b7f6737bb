"""`spectron-ops restore run`."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.errors import OpsError, RefusedError
from ops.progress import shown
from ops.repository.manifest import Dump, Manifest
from ops.repository.sets import Repository
from ops.restore.contexts import Destination, chosen, require_absent
from ops.restore.estimating import bytes_of, expected
from ops.restore.fresh import Fresh
from ops.restore.loading import Loader, compare
from ops.restore.outcome import outcome
from ops.restore.switching import appearing
from ops.terminal import IdentityOptions, RepositoryOptions, SetId, action
from spectron.errors import ArgumentError
from spectron.terminal.session import Session
from spectron.terminal.tables import fields

app = typer.Typer(help="Restores, never over what is there: run.", no_args_is_help=True)


@dataclass(frozen=True)
class RestoreOptions:
    """What is restored, and where to."""

    as_: Annotated[str | None, typer.Option("--as", metavar="ID", help="The new Context's id.")] = None
    namespace: Annotated[
        str | None, typer.Option(help="Its namespace, else its id, or what it was for its own name.")
    ] = None
    database: Annotated[str | None, typer.Option(help="Its database, in the same way.")] = None
    fresh: Annotated[
        Path | None, typer.Option(metavar="DATA_DIR", help="Everything, into a data folder that is not there yet.")
    ] = None
    master_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The master key of the deployment that was saved.")
    ] = None
    contexts_only: Annotated[
        bool, typer.Option("--contexts-only", help="Restore no keys and configuration: needs no master key.")
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
    """Restore one Context on the running server, under a new name or its own, or all of a set into a fresh data folder.

    Nothing is in use before every table has been compared with the manifest; what fails or is killed leaves nothing
    behind, and the next run needs no help. A Context comes with its configuration, provider keys and originals. Its API
    keys stay valid under its own name; under another they are minted again, and their secrets are shown this once.
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
                document = _whole(session, opened, fresh, manifest, options.fresh, dry_run=dry_run)
            else:
                loader = Loader(opened, manifest, identities.read(session), reporter)
                document = _one(session, opened, loader, manifest, options, dry_run=dry_run)
    document |= {"set": manifest.id, "dry_run": dry_run, "seconds": round(time.monotonic() - began, 3)}
    if session.as_json:
        session.out.json(document)
    else:
        session.out.show(fields({name.replace("_", " "): value for name, value in document.items()}))
    if document.get("originals_missing") and manifest.objects is not None and manifest.objects.copied:
        raise OpsError(f"{document['restored_as']} is in use, and originals of its documents are missing.")


def _one(
    session: Session, opened: Repository, loader: Loader, manifest: Manifest, options: RestoreOptions, *, dry_run: bool
) -> dict[str, Any]:
    dump = chosen(manifest, session.given.context)
    to = Destination.of(dump, str(options.as_), options.namespace, options.database)
    settings = not options.contexts_only
    if settings and manifest.control is None:
        raise RefusedError(
            f"{manifest.id} has no control plane, and so neither configuration nor keys of {dump.name}. Restore the "
            "rest with --contexts-only, or use another set."
        )
    require_absent(session.admin, to.context, manifest.id, session.terminal.sleep)
    document: dict[str, Any] = {
        "context": dump.context,
        "restored_as": to.context,
        "database": f"{to.namespace}/{to.database}",
        "rows": dump.trailer.rows,
        "originals": len(loader.originals(dump.context)),
        "configuration_and_keys": _about_settings(dump, to, settings=settings),
    }
    if dry_run:
        return document | _expected(opened, manifest, dump.file.plain_size)
    restored = loader.everything(
        session.admin, dump,
        context=to.context, namespace=to.namespace, database=to.database, settings=settings,
    )  # fmt: skip
    compare(dump, restored)
    return document | outcome(session, to.context, restored)


def _about_settings(dump: Dump, to: Destination, *, settings: bool) -> str:
    if not settings:
        return "not restored: those of a new Context"
    if to.context == dump.context:
        return "restored; keys stay valid under the same master key"
    return "restored; each key is minted again, because its text names the Context"


def _whole(
    session: Session, opened: Repository, fresh: Fresh, manifest: Manifest, target: Path, *, dry_run: bool
) -> dict[str, Any]:
    folder = (session.terminal.directory / target).absolute()
    document: dict[str, Any] = {
        "data_dir": str(folder),
        "contexts": [dump.context for dump in manifest.contexts],
        "rows": manifest.rows,
    }
    if dry_run:
        return document | {"exists_already": folder.exists()} | _expected(opened, manifest, bytes_of(manifest))
    with appearing(folder) as staging, fresh.built(staging) as restored:
        document |= {"objects": restored.objects, "control_plane": restored.with_control}
    session.out.note(f"Start it with `spectrond dev start --data-dir {folder}`.")
    return document


def _expected(opened: Repository, manifest: Manifest, size: int) -> dict[str, Any]:
    estimate = expected(opened, manifest, size)
    return {
        "expected_seconds": estimate and estimate.seconds,
        "expected_by": estimate.going_by if estimate else "nothing: no set of this repository was drilled",
    }


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
