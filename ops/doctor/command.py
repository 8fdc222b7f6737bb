"""`spectron-ops doctor`."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from ops.doctor.checks import Diagnosis, attempt, jobs, repository, server
from ops.errors import FAILED
from ops.schedule.commands import ConfigOptions, keeping
from ops.schedule.state import StateFile
from ops.terminal import RepositoryOptions, action, now
from spectron.terminal.session import Session
from spectron.terminal.tables import rows


def register(app: typer.Typer) -> None:
    action(app, example="spectron-ops doctor --config /etc/spectron/schedule.yaml")(doctor)


def doctor(
    session: Session,
    options: RepositoryOptions,
    config: ConfigOptions,
    max_age: Annotated[int, typer.Option(metavar="HOURS", min=1, help="How old the newest good set may be.")] = 26,
) -> None:
    """Look whether all that has to work at night would work now; exit code 1 if something would not."""
    found = [
        *attempt("server", lambda: server(session.admin)),
        *attempt("repository", lambda: _repository(session, options, timedelta(hours=max_age))),
    ]
    if config.path(session).exists() or config.config is not None:
        found += attempt("schedule", lambda: _jobs(session, config))
    if session.as_json:
        session.out.json({"diagnoses": [asdict(one) for one in found]})
    else:
        session.out.show(rows(("WHAT", "IS", "BECAUSE"), ((one.what, one.state, one.words) for one in found)))
    if any(one.state == "ill" for one in found):
        raise typer.Exit(FAILED)


def _repository(session: Session, options: RepositoryOptions, max_age: timedelta) -> Iterator[Diagnosis]:
    with options.open(session) as opened:
        yield from repository(opened, options.location(session), now(), max_age)


def _jobs(session: Session, config: ConfigOptions) -> Iterator[Diagnosis]:
    schedule = config.load(session)
    with keeping(session, schedule) as (keeper, _):
        yield from jobs(keeper, StateFile(schedule.state).load(), now())
