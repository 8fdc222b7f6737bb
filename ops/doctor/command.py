"""`spectron-ops doctor`."""

import socket
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import httpx
import typer

from ops.doctor.backups import repository
from ops.doctor.clocks import address, clock
from ops.doctor.deployment import server
from ops.doctor.diagnosis import Diagnosis, attempt
from ops.doctor.jobs import MESSAGES, jobs, try_messages
from ops.errors import FAILED
from ops.notify.opening import notifier_of
from ops.pages import BACKUP_FAILED, DATABASE_DOWN
from ops.repository.location import BucketLocation
from ops.schedule.commands import ConfigOptions, keeping
from ops.schedule.state import StateFile
from ops.terminal import IdentityOptions, RepositoryOptions, action, now
from spectron.terminal.session import Session
from spectron.terminal.tables import rows

CLOCK_SECONDS = 10.0


def register(app: typer.Typer) -> None:
    action(app, example="spectron-ops doctor --config /etc/spectron/schedule.yaml --send-test")(doctor)


def doctor(
    session: Session,
    options: RepositoryOptions,
    identities: IdentityOptions,
    config: ConfigOptions,
    max_age: Annotated[int, typer.Option(metavar="HOURS", min=1, help="How old the newest good set may be.")] = 26,
    send_test: Annotated[
        bool, typer.Option("--send-test", help="Send a test message to everybody whom the schedule tells.")
    ] = False,
) -> None:
    """Look whether all that has to work at night would work now; exit code 1 if something would not."""
    found = [
        *attempt("server", lambda: server(session.admin), DATABASE_DOWN),
        *_clocks(session, options),
        *attempt(
            "repository",
            lambda: _repository(session, options, identities, timedelta(hours=max_age)),
            BACKUP_FAILED,
        ),
    ]
    if config.path(session).exists() or config.config is not None:
        found += attempt("schedule", lambda: _jobs(session, config), BACKUP_FAILED)
    if send_test:
        found += attempt(MESSAGES, lambda: _test(session, config), BACKUP_FAILED)
    if session.as_json:
        session.out.json({"diagnoses": [asdict(one) for one in found]})
    else:
        lines = ((one.what, one.state, one.words, one.runbook) for one in found)
        session.out.show(rows(("WHAT", "IS", "BECAUSE", "RUNBOOK"), lines))
    if any(one.state == "ill" for one in found):
        raise typer.Exit(FAILED)


def _clocks(session: Session, options: RepositoryOptions) -> Iterator[Diagnosis]:
    """The server's, and that of the bucket's service if there is one."""
    with httpx.Client(timeout=CLOCK_SECONDS) as http:
        url = f"{session.admin.url}/api/v1/health"
        yield from attempt("clock of the server", lambda: clock("the server", url, http, now), BACKUP_FAILED)
        location = options.location(session)
        if isinstance(location, BucketLocation):
            there = address(location)
            yield from attempt("clock of the bucket", lambda: clock("the bucket", there, http, now), BACKUP_FAILED)


def _repository(
    session: Session, options: RepositoryOptions, identities: IdentityOptions, max_age: timedelta
) -> Iterator[Diagnosis]:
    with options.open(session) as opened:
        yield from repository(opened, options.location(session), identities.read(session), now(), max_age)


def _jobs(session: Session, config: ConfigOptions) -> Iterator[Diagnosis]:
    schedule = config.load(session)
    with keeping(session, schedule) as (keeper, _):
        yield from jobs(schedule, keeper, StateFile(schedule.state).load(), now())


def _test(session: Session, config: ConfigOptions) -> Iterator[Diagnosis]:
    schedule = config.load(session)
    with httpx.Client(timeout=schedule.notify.timeout.total_seconds()) as http:
        yield from try_messages(notifier_of(schedule, session.terminal.environ, http), socket.gethostname(), now())
