"""`spectron-ops backup hold` and `spectron-ops backup unhold`."""

from typing import Annotated

import typer

from ops.terminal import RepositoryOptions, SetId, action
from spectron.terminal.session import Session


def register(app: typer.Typer) -> None:
    action(app, example="spectron-ops backup hold 20261121T040000Z-ab12cd --reason 'audit 2026'")(hold)
    action(app, example="spectron-ops backup unhold 20261121T040000Z-ab12cd")(unhold)


def hold(
    session: Session,
    repository: RepositoryOptions,
    set_id: SetId,
    reason: Annotated[str, typer.Option(help="Why it has to stay.")] = "",
) -> None:
    """Keep a set from being pruned until it is let go with `unhold`."""
    with repository.open(session) as opened:
        manifest = opened.get(set_id)
        opened.marks.hold(manifest.id, reason)
    session.out.note(f"{manifest.id} is held. `spectron-ops backup unhold {manifest.id}` lets it go.")


def unhold(session: Session, repository: RepositoryOptions, set_id: SetId) -> None:
    """Let a set go, so that it is pruned when its time is over."""
    with repository.open(session) as opened:
        manifest = opened.get(set_id)
        opened.marks.release(manifest.id)
    session.out.note(f"{manifest.id} is held no more.")
