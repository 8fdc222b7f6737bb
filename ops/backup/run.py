"""`spectron-ops backup run`."""

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Annotated, Any

import typer

from ops.backup.making import Backup
from ops.backup.origin import OriginOptions
from ops.backup.plan import Plan, fraction
from ops.backup.views import plan_sheet, set_sheet
from ops.errors import FAILED, OpsError
from ops.progress import shown
from ops.repository.known import KnownRepositories
from ops.repository.manifest import Manifest
from ops.repository.sets import Repository
from ops.source import Source
from ops.terminal import RecipientOptions, RepositoryOptions, action, new_token
from spectron.terminal.session import Session


@dataclass(frozen=True)
class RunOptions:
    """What is saved, and what is a cause for alarm."""

    all: Annotated[bool, typer.Option("--all", help="Save every Context.")] = False
    namespace: Annotated[
        list[str], typer.Option(metavar="NAME", help="Save every Context whose database is in that namespace.")
    ] = field(default_factory=list)
    with_objects: Annotated[
        bool, typer.Option("--with-objects", help="Copy document originals too, those that no earlier set has.")
    ] = False
    max_drop: Annotated[
        str, typer.Option(metavar="PERCENT", help="Sound the alarm when more than that is gone since the last set.")
    ] = "50%"
    allow_empty: Annotated[
        list[str], typer.Option(metavar="CONTEXT", help="Its dump may be empty; '*': there may be no Context at all.")
    ] = field(default_factory=list)
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin again in a repository that held sets before, and holds none now.")
    ] = False


def register(app: typer.Typer) -> None:
    action(app, example="spectron-ops backup run --all --to s3://backups/spectron --with-objects")(run)


def run(
    session: Session,
    repository: RepositoryOptions,
    recipients: RecipientOptions,
    options: RunOptions,
    origin: OriginOptions,
    contexts: Annotated[
        list[str], typer.Argument(metavar="CONTEXT", help="The Contexts to save, else that of --context.")
    ] = [],  # noqa: B006 - Typer reads it, nobody writes to it
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be saved; write nothing.")] = False,
) -> None:
    """Write a backup set; a Context that fails stops no other, and is told with exit code 1.

    It reads from the server, or while that is down from its databases: --surreal or --data-dir. Such a set is as any
    other, without copies of originals.
    """
    source = origin.source(session, with_objects=options.with_objects)
    named = {*contexts, *([session.given.context] if session.given.context else [])}
    if options.namespace:
        named |= {one.id for one in source.contexts() if one.namespace in options.namespace}
    if bool(named) == options.all:
        raise typer.BadParameter("name Contexts, or say --all for every one", param_hint="CONTEXT")
    plan = Plan(
        contexts=None if options.all else frozenset(named),
        recipients=recipients.read(session),
        with_objects=options.with_objects,
        max_drop=fraction(options.max_drop),
        declared_empty=frozenset(options.allow_empty),
    )
    with repository.open(session, may_begin=True) as opened:
        if dry_run:
            _announce(session, source, opened, plan)
            return
        known = KnownRepositories.by_environment(session.terminal.environ)
        if not options.anew:
            known.require(opened)
        with shown(session.terminal) as reporter:
            backup = Backup(source, opened, plan, reporter=reporter, version=version("spectron"), token=new_token())
            manifest = backup.make()
        for remark in backup.remarks:
            session.out.note(remark)
        _remember(session, known, opened, manifest)
        _tell(session, manifest, opened)


def _announce(session: Session, source: Source, repository: Repository, plan: Plan) -> None:
    earlier = repository.listing().sets
    found = {binding.id for binding in source.contexts()}
    wanted = found if plan.contexts is None else plan.contexts
    last = {
        name: next((dump for one in earlier if (dump := one.of_context(name))), None) for name in sorted(wanted & found)
    }
    document: dict[str, Any] = {
        "dry_run": True,
        "repository": str(repository),
        "source": source.name,
        "encrypted_to": list(plan.recipients.texts),
        "contexts": [
            {"id": name, "last_rows": dump and dump.trailer.rows, "last_bytes": dump and dump.file.size}
            for name, dump in last.items()
        ],
        "missing": sorted(wanted - found),
    }
    if session.as_json:
        session.out.json(document)
    else:
        session.out.show(plan_sheet(document))
    if document["missing"]:
        raise typer.Exit(FAILED)


def _remember(session: Session, known: KnownRepositories, repository: Repository, manifest: Manifest) -> None:
    if manifest.dumps:
        try:
            known.remember(repository)
        except OpsError as error:
            session.out.note(str(error))


def _tell(session: Session, manifest: Manifest, repository: Repository) -> None:
    if session.as_json:
        session.out.json({"repository": str(repository)} | manifest.model_dump(mode="json") | {"good": manifest.good})
    else:
        session.out.show(set_sheet(manifest))
    for failure in manifest.failures:
        session.out.error(f"{failure.part}: {failure.message}")
    for warning in manifest.warnings:
        session.out.note(f"Alarm: {warning}")
    if not manifest.dumps:
        session.out.error("Nothing could be saved, so there is no new set.")
    if not manifest.good:
        raise typer.Exit(FAILED)
