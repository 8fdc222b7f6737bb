"""`spectron-ops backup prune`."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from ops.backup.pruning import Decision, Policy, decide
from ops.backup.sweeping import candidates, delete_unused_copies
from ops.backup.views import decision_list
from ops.errors import FAILED, NothingToDoError
from ops.repository.sets import Repository
from ops.terminal import RepositoryOptions, action
from spectron.terminal.session import Session

Days = Annotated[int, typer.Option(metavar="DAYS", min=1)]


def register(app: typer.Typer) -> None:
    action(app, example="spectron-ops backup prune --daily 30 --weekly 365 --apply")(prune)


def prune(
    session: Session,
    repository: RepositoryOptions,
    daily: Annotated[int, typer.Option(metavar="DAYS", min=1, help="Keep one set a day for so long.")] = 30,
    weekly: Annotated[int, typer.Option(metavar="DAYS", min=1, help="Keep one set a week for so long.")] = 365,
    apply: Annotated[bool, typer.Option("--apply", help="Delete; without it, only say what would be deleted.")] = False,
) -> None:
    """Say which sets are kept and which deleted, each with its reason; delete them with --apply.

    Never deleted: the newest good set, a held one, one that is being read, and the last that passed a drill.
    """
    policy = Policy(timedelta(days=daily), timedelta(days=weekly))
    with repository.open(session) as opened:
        decisions, copies = _apply(opened, policy) if apply else (_decided(opened, policy), 0)
        damaged = opened.listing().damaged
        if not decisions and not damaged:
            raise NothingToDoError(f"There is no set in {opened}. Make one with `spectron-ops backup run`.")
    if session.as_json:
        session.out.json(
            {"applied": apply, "sets": [asdict(one) for one in decisions], "copies_deleted": copies, "damaged": damaged}
        )
    elif decisions:
        session.out.show(decision_list(decisions))
    deleted = sum(not one.keep for one in decisions)
    session.out.note(
        f"{deleted} of {len(decisions)} sets deleted, and {copies} copies of documents that no set refers to any more."
        if apply
        else f"{deleted} of {len(decisions)} sets would be deleted. Nothing was; --apply does it."
    )
    for reason in damaged.values():
        session.out.error(f"{reason} It is neither counted nor deleted.")
    if damaged:
        raise typer.Exit(FAILED)


def _decided(repository: Repository, policy: Policy) -> list[Decision]:
    return decide(candidates(repository), repository.now(), policy)


def _apply(repository: Repository, policy: Policy) -> tuple[list[Decision], int]:
    """Decide again under the lock: what was there before may have changed."""
    with repository.lock("a pruning").held() as lock:
        decisions = _decided(repository, policy)
        for decision in decisions:
            # Somebody may have begun to read or hold it since.
            if not decision.keep and not repository.is_protected(decision.id):
                repository.delete(decision.id, lock)
        repository.clear_unfinished(lock)
        return decisions, delete_unused_copies(repository)
