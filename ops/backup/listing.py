"""`spectron-ops backup list` and `spectron-ops backup show`."""

from typing import Any

import typer

from ops.backup.views import set_list, set_sheet, state
from ops.errors import FAILED
from ops.repository.marks import NO_MARKS, Marked
from ops.terminal import RepositoryOptions, SetId, action
from spectron.terminal.session import Session


def register(app: typer.Typer) -> None:
    action(app, name="list", example="spectron-ops backup list --repository /var/backups/spectron")(list_sets)
    action(app, example="spectron-ops backup show latest --json")(show)


def list_sets(session: Session, repository: RepositoryOptions) -> None:
    """List every set, the newest first; a damaged one is named, and told with exit code 1."""
    with repository.open(session) as opened:
        listing, marks = opened.listing(), opened.marks.all()
    if session.as_json:
        sets = [
            {
                "id": one.id,
                "started_at": one.started_at.isoformat(),
                "state": state(one),
                "good": one.good,
                "complete": one.complete,
                "contexts": [dump.context for dump in one.contexts],
                "rows": one.rows,
                "bytes": one.size,
                "encrypted": one.encrypted,
                "marks": marks_view(marks.get(one.id, NO_MARKS)),
            }
            for one in listing.sets
        ]
        session.out.json({"sets": sets, "damaged": listing.damaged})
    elif listing.sets or listing.damaged:
        session.out.show(set_list(listing, marks))
    else:
        session.out.note("There is none.")
    for reason in listing.damaged.values():
        session.out.error(reason)
    if listing.damaged:
        raise typer.Exit(FAILED)


def show(session: Session, repository: RepositoryOptions, set_id: SetId = "latest") -> None:
    """Show what is in a set, and what is wrong with it."""
    with repository.open(session) as opened:
        manifest = opened.get(set_id)
        marked = opened.marks.all().get(manifest.id, NO_MARKS)
    if session.as_json:
        document = manifest.model_dump(mode="json")
        session.out.json(document | {"good": manifest.good, "marks": marks_view(marked)})
    else:
        session.out.show(set_sheet(manifest, marked))


def marks_view(marked: Marked) -> dict[str, Any]:
    kinds = {"held": marked.held, "drilled": marked.drilled, "read": marked.read, "verified": marked.verified}
    return {name: mark and mark.model_dump(mode="json") for name, mark in kinds.items()}
