"""`spectron-ops s3 undelete`."""

from typing import Annotated

import typer

from ops.errors import NothingToDoError
from ops.s3.connection import BucketOptions
from ops.s3.undeleting import hidden_objects, undelete
from ops.s3.views import hidden_list, hidden_view
from ops.s3.wanted import Wanted
from ops.terminal import action, now
from spectron.ctl.arguments import moment
from spectron.terminal.session import Session
from spectron.terminal.tables import size


def register(app: typer.Typer) -> None:
    example = "spectron-ops s3 undelete --bucket s3://originals --prefix acme/ --since 2026-11-20T14:00:00Z --apply"
    action(app, name="undelete", example=example)(bring_back)


def bring_back(
    session: Session,
    bucket: BucketOptions,
    since: Annotated[str, typer.Option(metavar="TIME", help="Only what was deleted from then on.")],
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only what was deleted before then.")] = None,
    prefix: Annotated[str, typer.Option(help="Only objects whose name begins so, below the bucket's prefix.")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Bring them back; without it, only list them.")] = False,
) -> None:
    """Bring back deleted objects by removing their delete markers; no byte is copied or overwritten."""
    begin, end = moment(since), moment(until) if until else now()
    if begin >= end:
        raise typer.BadParameter(
            f"nothing lies between {begin.isoformat()} and {end.isoformat()}", param_hint="--since"
        )
    with bucket.open(session, Wanted()) as opened:
        found = [*hidden_objects(opened, prefix, begin, end)]
        if apply:
            undelete(opened, found)
    if session.as_json:
        session.out.json({"applied": apply, "objects": [hidden_view(one) for one in found]})
    elif found:
        session.out.show(hidden_list(found))
    if not found:
        raise NothingToDoError("Nothing was deleted there in that time that is still deleted and has a version left.")
    amount = f"{len(found)} objects ({size(sum(one.size for one in found))})"
    session.out.note(f"{amount} are back." if apply else f"{amount} would come back. None did; --apply does it.")
