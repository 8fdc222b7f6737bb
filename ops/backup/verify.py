"""`spectron-ops backup verify`."""

from dataclasses import asdict
from typing import Annotated

import typer

from ops.backup.verifying import Verification
from ops.backup.views import finding_list
from ops.errors import FAILED, NothingToDoError
from ops.progress import shown
from ops.terminal import IdentityOptions, RepositoryOptions, SetId, action
from spectron.terminal.session import Session


def register(app: typer.Typer) -> None:
    action(app, example="spectron-ops backup verify latest --identity backup.key")(verify)


def verify(
    session: Session,
    repository: RepositoryOptions,
    identities: IdentityOptions,
    set_id: SetId = "latest",
    everything: Annotated[bool, typer.Option("--all", help="Verify every set.")] = False,
) -> None:
    """Read every byte of a set and compare it with the manifest; exit code 1 if any is another."""
    keys = identities.read(session)
    with repository.open(session) as opened, shown(session.terminal) as reporter:
        listing = opened.listing()
        sets = listing.sets if everything else (opened.get(set_id),)
        checks = [Verification(opened, manifest, keys, reporter) for manifest in sets]
        if not sets and not listing.damaged:
            raise NothingToDoError(f"There is no set in {opened}. Make one with `spectron-ops backup run`.")
        results = {}
        for manifest, check in zip(sets, checks, strict=True):
            with opened.marks.reading(manifest.id, "a verification"):
                results[manifest.id] = [*check.findings()]
                broken = sum(one.problem is not None for one in results[manifest.id])
                opened.marks.verified(manifest.id, _words(broken, content=check.reads_content), passed=not broken)
    damaged = listing.damaged if everything else {}
    if session.as_json:
        files = {set_id: [asdict(one) for one in findings] for set_id, findings in results.items()}
        session.out.json({"sets": files, "damaged": damaged})
    else:
        for verified, findings in results.items():
            session.out.line(f"{verified} in {opened}")
            session.out.show(finding_list(findings))
    for reason in damaged.values():
        session.out.error(reason)
    if not all(check.reads_content for check in checks):
        session.out.note("It is encrypted: only its bytes were compared. --identity FILE reads what is in it, too.")
    problems = sum(one.problem is not None for findings in results.values() for one in findings)
    if problems or damaged:
        session.out.error(
            f"{problems + len(damaged)} files are not as they were written. Do not restore from there: use another "
            "set, make a new one now, and look at the disk or bucket."
        )
        raise typer.Exit(FAILED)


def _words(broken: int, *, content: bool) -> str:
    if broken:
        return f"{broken} files are not as they were written"
    return "as written" if content else "as written; its content was not read"
