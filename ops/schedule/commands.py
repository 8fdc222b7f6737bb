"""`spectron-ops schedule run`, `list`, `once` and `install`."""

import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer

from ops.notify.opening import notifier_of
from ops.schedule.config import Schedule, load_schedule
from ops.schedule.keeper import Keeper
from ops.schedule.loop import Loop, told
from ops.schedule.metrics import registry_of, served, write_textfile
from ops.schedule.running import Runner
from ops.schedule.state import JobState, StateFile
from ops.schedule.units import cron_lines, systemd_unit
from ops.terminal import action, now
from spectron.terminal.session import Session
from spectron.terminal.tables import rows

PROGRAM = (sys.executable, "-m", "ops")
DEFAULT = "/etc/spectron/schedule.yaml"


@dataclass(frozen=True)
class ConfigOptions:
    """Which schedule."""

    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"The schedule; else SPECTRON_SCHEDULE, else {DEFAULT}.")
    ] = None

    def path(self, session: Session) -> Path:
        named = self.config or Path(session.terminal.environ.get("SPECTRON_SCHEDULE") or DEFAULT)
        return (session.terminal.directory / named).absolute()

    def load(self, session: Session) -> Schedule:
        return load_schedule(self.path(session))


app = typer.Typer(help="Jobs at their times: run, list, once, install.", no_args_is_help=True)


@contextmanager
def keeping(session: Session, schedule: Schedule) -> Iterator[tuple[Keeper, Runner]]:
    """The schedule's keeper, with everything it needs to run jobs and to tell of them."""
    state = StateFile(schedule.state)
    runner = Runner(PROGRAM, session.terminal.environ, state.folder)
    registry = registry_of(state.load, schedule.jobs)

    def publish() -> None:
        if schedule.metrics.textfile is not None:
            write_textfile(registry, schedule.metrics.textfile)

    with httpx.Client(timeout=schedule.notify.timeout.total_seconds()) as http:
        notifier = notifier_of(schedule, session.terminal.environ, http)
        host = socket.gethostname()
        yield Keeper(schedule, state, runner, notifier, now=now, host=host, on_change=publish), runner


@action(app, example="spectron-ops schedule run --config /etc/spectron/schedule.yaml")
def run(session: Session, options: ConfigOptions) -> None:
    """Run every job at its time until told to stop, and at start, once, what was missed meanwhile."""
    schedule = options.load(session)
    state = StateFile(schedule.state)
    with (
        keeping(session, schedule) as (keeper, runner),
        served(registry_of(state.load, schedule.jobs), schedule.metrics.listen) as port,
    ):

        def report(text: str) -> None:
            session.out.note(f"{now():%Y-%m-%dT%H:%M:%SZ} {text}")
            session.out.flush()

        loop = Loop(keeper, schedule.jobs, report, now)

        def leave(_: int, __: object) -> None:
            loop.stop()
            runner.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, leave)
        report(f"Keeping {len(schedule.jobs)} jobs." + (f" Figures at port {port}." if port else ""))
        loop.run()
        report("Stopped.")


@action(app, name="list", example="spectron-ops schedule list --json")
def list_jobs(session: Session, options: ConfigOptions) -> None:
    """List each job: when it ran, how it ended, and when it runs next."""
    schedule = options.load(session)
    known = StateFile(schedule.state).load()
    with keeping(session, schedule) as (keeper, _):
        upcoming = keeper.next_runs()
    if session.as_json:
        jobs = [
            {"name": name, "run": job.run, "next": upcoming[name].isoformat()}
            | known.get(name, JobState()).model_dump(mode="json")
            for name, job in schedule.jobs.items()
        ]
        session.out.json({"jobs": jobs})
        return
    lines = []
    for name, job in schedule.jobs.items():
        state = known.get(name, JobState())
        ended = None if state.exit_code is None else "well" if not state.exit_code else f"exit code {state.exit_code}"
        lines.append((name, job.run, state.started_at, ended, state.succeeded_at, upcoming[name]))
    session.out.show(rows(("JOB", "RUNS", "STARTED", "ENDED", "LAST SUCCESS", "NEXT"), lines))


@action(app, example="spectron-ops schedule once daily-backup")
def once(
    session: Session, options: ConfigOptions, name: Annotated[str, typer.Argument(metavar="NAME", help="The job.")]
) -> None:
    """Run one job now and tell of it; the exit code is the job's own, or 1 if somebody could not be told."""
    schedule = options.load(session)
    if name not in schedule.jobs:
        raise typer.BadParameter(f"there is no job {name!r}; known: {', '.join(schedule.jobs)}", param_hint="NAME")
    with keeping(session, schedule) as (keeper, _):
        outcome = keeper.run(name)
    for line in told(outcome):
        session.out.note(line)
    if outcome.exit_code:
        raise typer.Exit(outcome.exit_code)


@action(app, example="spectron-ops schedule install --print")
def install(
    session: Session,
    options: ConfigOptions,
    show: Annotated[bool, typer.Option("--print", help="Print the units; nothing is installed.")] = False,
) -> None:
    """Print a systemd unit and cron lines for the schedule."""
    if not show:
        raise typer.BadParameter("units are only printed, for you to look at and install", param_hint="--print")
    schedule = options.load(session)
    program = shutil.which("spectron-ops") or "spectron-ops"
    for text in (systemd_unit(program, options.path(session)), cron_lines(program, options.path(session), schedule)):
        session.out.line(text)
