"""`spectronctl contexts migrate`."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from spectron.ctl.arguments import Yes
from spectron.ctl.context_views import deletion_sheet
from spectron.ctl.migrating import Migration, Move, revoke_keys
from spectron.errors import ContextNotFoundError
from spectron.models.dump import Restored
from spectron.terminal.commands import command
from spectron.terminal.session import Session
from spectron.terminal.tables import fields, rows

FAILED = 1


@dataclass(frozen=True)
class OldOptions:
    """What becomes of the old Context; if nothing is said, it stays in use."""

    revoke_old_keys: Annotated[
        bool, typer.Option("--revoke-old-keys", help="Afterwards the old Context's keys open it no more.")
    ] = False
    delete_old: Annotated[
        bool, typer.Option("--delete-old", help="Afterwards delete the old Context, if it has not changed.")
    ] = False
    yes: Yes = False


def register(app: typer.Typer) -> None:
    command(
        app,
        name="migrate",
        example="spectronctl contexts migrate acme acme-eu --namespace acme-eu --database prod --dry-run",
    )(migrate)


def migrate(
    session: Session,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The Context to move.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The id it has afterwards.")],
    namespace: Annotated[str, typer.Option(help="The namespace of its new database; created if it is not there.")],
    database: Annotated[str, typer.Option(help="Its new database, which must not be there yet.")],
    options: OldOptions,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Move a Context to another database: rows, originals, configuration and provider keys, compared by their digests.

    OLD is closed while it is copied, and nobody sees NEW before all of it is there. NEW's keys are minted again, for a
    key's text names its Context: their secrets are shown this once. OLD stays, unless it is told to go. What is killed
    leaves OLD as it was and no NEW, or NEW whole; the next run goes on from there.
    """
    move = Move(old, new, namespace, database)
    migration = Migration(session.admin, move, session.out.note, session.terminal.sleep)
    made = migration.is_made()
    if dry_run:
        _announce(session, move, options, made=made)
        return
    if options.delete_old and not options.yes:
        _confirm(session, old)
    restored = None if made else migration.make()
    differences = _differences(session, migration, old)
    _tell(session, move, restored, differences)
    if differences:
        session.out.error(
            f"{old} and {new} differ in {', '.join(differences)}: one of them was written to since. Nothing was done "
            f"to {old}; if it is {old} that has changed, stop who writes there, delete {new}, and run this again."
        )
        raise typer.Exit(FAILED)
    _deal_with_old(session, move, options)


def _differences(session: Session, migration: Migration, old: str) -> list[str]:
    try:
        return migration.differences()
    except ContextNotFoundError:
        session.out.note(f"{old} is there no more; it was moved before.")
        raise typer.Exit from None


def _confirm(session: Session, old: str) -> None:
    session.out.preview(deletion_sheet(session.admin.contexts.delete(old, dry_run=True)))
    session.confirm(old, f"When all of it is in its new place, {old} will be deleted, which can't be undone.")


def _announce(session: Session, move: Move, options: OldOptions, *, made: bool) -> None:
    old = session.admin.contexts(move.old)
    context, stats = old.get(), old.stats()
    document = {
        "dry_run": True,
        "made_already": made,
        "from": {"context": move.old, "namespace": context.namespace, "database": context.database},
        "to": {"context": move.new, "namespace": move.namespace, "database": move.database},
        "rows": sum(stats.tables.values()),
        "documents": sum(stats.documents.values()),
        "original_bytes": stats.object_bytes,
        "providers": list(context.providers_configured),
        "keys_to_mint": [key.name for key in old.keys.list() if key.state == "active"],
        "old_afterwards": _afterwards(options),
    }
    if session.as_json:
        session.out.json(document)
    else:
        session.out.show(fields({name.replace("_", " "): value for name, value in document.items()}))


def _afterwards(options: OldOptions) -> str:
    if options.delete_old:
        return "deleted, if it has not changed"
    return "there, with its keys revoked" if options.revoke_old_keys else "in use as before"


def _tell(session: Session, move: Move, restored: Restored | None, differences: list[str]) -> None:
    minted = restored.keys_minted if restored else ()
    document: dict[str, Any] = {
        "old": move.old,
        "new": move.new,
        "made_before": restored is None,
        "rows": restored and restored.rows,
        "tables_that_differ": differences,
        "providers": list(restored.providers) if restored else None,
        "originals_missing": list(restored.originals_missing) if restored else None,
        "keys_minted": [key.name for key in minted],
    }
    if session.as_json:
        session.out.json(
            document | {"keys_minted": [{"id": key.id, "name": key.name, "secret": key.secret} for key in minted]}
        )
    else:
        session.out.show(fields({name.replace("_", " "): value for name, value in document.items()}))
        if minted:
            keys = ((key.name, key.principal, key.scope_floor, key.secret) for key in minted)
            session.out.show(rows(("KEY", "PRINCIPAL", "FLOOR", "SECRET, SHOWN THIS ONCE"), keys))
    if restored is None:
        session.out.note(
            f"{move.new} was made by an earlier run. If the secrets of its keys got lost with that, "
            f"`spectronctl keys rotate KEY_ID --context {move.new}` gives a key another one."
        )


def _deal_with_old(session: Session, move: Move, options: OldOptions) -> None:
    if options.delete_old:
        session.admin.contexts.delete(move.old)
        session.out.note(f"{move.old} is deleted.")
        return
    if options.revoke_old_keys:
        count = revoke_keys(session.admin, move.old)
        session.out.note(f"{count} keys of {move.old} are revoked.")
    session.out.note(
        f"Let your applications use {move.new} and its keys; then `spectronctl contexts delete {move.old}`."
    )
