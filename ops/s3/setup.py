"""`spectron-ops s3 plan`, `apply` and `status`."""

import typer

from ops.errors import FAILED
from ops.s3.connection import BucketOptions
from ops.s3.inspection import applied, inspect, parts_of
from ops.s3.views import show_findings
from ops.s3.wanted import Wanted
from ops.terminal import action
from spectron.terminal.session import Session


def register(app: typer.Typer) -> None:
    bucket = "--bucket s3://originals/prod"
    action(app, example=f"spectron-ops s3 plan {bucket}")(plan)
    action(app, example=f"spectron-ops s3 apply {bucket} --replicate-to copies --replication-role arn:…")(apply)
    action(app, example=f"spectron-ops s3 status {bucket} --json")(status)


def plan(session: Session, bucket: BucketOptions, wanted: Wanted) -> None:
    """Say what `apply` would change; exit code 1 only if that can't be said."""
    with bucket.open(session, wanted) as opened:
        findings = [inspect(part) for part in parts_of(opened)]
    show_findings(session, findings)
    if any(one.state == "unknown" for one in findings):
        raise typer.Exit(FAILED)
    if all(one.is_fine for one in findings):
        session.out.note("Nothing is to be changed.")


def apply(session: Session, bucket: BucketOptions, wanted: Wanted) -> None:
    """Change what differs, and look again; what others have set up stays as it is."""
    with bucket.open(session, wanted) as opened:
        findings = [applied(part) for part in parts_of(opened)]
    show_findings(session, findings)
    if not all(one.is_fine for one in findings):
        raise typer.Exit(FAILED)


def status(session: Session, bucket: BucketOptions, wanted: Wanted) -> None:
    """Exit code 1 if anything is not as wanted, or can't be looked at."""
    with bucket.open(session, wanted) as opened:
        findings = [inspect(part) for part in parts_of(opened)]
    show_findings(session, findings)
    if not all(one.is_fine for one in findings):
        if any(one.state == "differs" for one in findings):
            session.out.error("The bucket is not set up as it should be; `spectron-ops s3 apply` repairs what is ours.")
        raise typer.Exit(FAILED)
