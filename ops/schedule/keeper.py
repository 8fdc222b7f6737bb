"""Keeps the schedule: what is due runs, what became of it is remembered and told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from ops.errors import FAILED, NOTHING, LockedError, OpsError
from ops.notify.event import Event, Kind
from ops.notify.notifier import Notifier
from ops.pages import BACKUP_FAILED
from ops.schedule.config import Job, Schedule
from ops.schedule.running import Ended, Runner
from ops.schedule.state import JobState, StateFile
from ops.schedule.timing import PERIODS

# A job that is due for longer than that was missed.
LATE = timedelta(hours=1)
ITSELF = "schedule"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, and what of it could not be told or noted."""

    job: str
    ended: Ended
    problems: list[str]

    @property
    def exit_code(self) -> int:
        return self.ended.exit_code or (FAILED if self.problems else 0)


class Keeper:
    """Decides, runs, remembers, tells."""

    def __init__(
        self,
        schedule: Schedule,
        state: StateFile,
        runner: Runner,
        notifier: Notifier,
        *,
        now: Callable[[], datetime],
        host: str,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._schedule = schedule
        self._state = state
        self._runner = runner
        self._notifier = notifier
        self._now = now
        self._host = host
        self._on_change = on_change
        # Why each could not even begin, as it was told: it is tried again every few seconds, and told once.
        self._hindrances: dict[str, str] = {}

    def begin(self) -> list[str]:
        """Take note of jobs that are new, which run at their next time; tell of those whose time has passed."""
        known = self._state.load()
        for name, job in self._schedule.jobs.items():
            state = known.get(name)
            if state is None or state.since is None:
                self._state.update(name, lambda old: old.model_copy(update={"since": self._now()}))
            elif not job.catch_up:
                latest = job.timing.latest_at(self._now())
                self._state.update(name, lambda old, latest=latest: _skipping(old, latest))  # type: ignore[misc]
        return [
            line for name, job in self._schedule.jobs.items() if name in known
            for line in self._missed(name, job, known[name])
        ]  # fmt: skip

    def next_runs(self) -> dict[str, datetime]:
        """When each job begins next; in the past if it is due, and only once however much was missed."""
        known = self._state.load()
        return {name: self._next(name, job, known.get(name, JobState())) for name, job in self._schedule.jobs.items()}

    def run(self, name: str) -> Outcome:
        """Run a job now; what keeps it from running is told like any other failure."""
        try:
            before = self._state.load().get(name, JobState())
            with self._runner.lock(name) as lock:
                ended = self._ran(name, lock)
        except OpsError as error:
            return Outcome(name, Ended(error.exit_code, str(error)), self.hindered(error, name))
        self._hindrances.pop(name, None)
        self._hindrances.pop(ITSELF, None)
        kind: Kind = "failed" if ended.exit_code else "recovered" if before.failing else "done"
        problems = self._tell(kind, name, ended)
        try:
            self._state.update(name, lambda old: old.model_copy(update={"undelivered": tuple(problems)}))
            self._on_change()
        except OpsError as error:
            problems += [str(error), *self._tell("failed", name, Ended(FAILED, str(error)))]
        return Outcome(name, ended, problems)

    def hindered(self, error: OpsError, name: str = ITSELF) -> list[str]:
        """Tell that a job, or every one, can't even begin: once for each reason; answers whom it did not reach."""
        if self._hindrances.get(name) == str(error):
            return []
        self._hindrances[name] = str(error)
        kind: Kind = "missed" if isinstance(error, LockedError) else "failed"
        lines = [] if name != ITSELF else [f"No job can be run: {error}"]
        return lines + self._tell(kind, name, Ended(error.exit_code, str(error)))

    def _ran(self, name: str, lock: IO[bytes]) -> Ended:
        job, started = self._schedule.jobs[name], self._now()
        # A run that began a little before its time, by jitter, stands for the time that comes.
        stands_for = job.timing.latest_at(started)
        self._state.update(name, lambda old: old.model_copy(update={"started_at": started}))
        ended = self._runner.run(name, job.arguments, job.timeout, lock)
        try:
            self._state.update(name, lambda old: _ended(old, ended, stands_for, self._now()))
        except OpsError as error:
            return Ended(ended.exit_code or FAILED, f"{ended.message} {error}")
        return ended

    def _next(self, name: str, job: Job, state: JobState) -> datetime:
        now = self._now()
        # A clock that was put back must not make the job wait until it has caught up with itself.
        since = min(state.done or state.since or now, now)
        missed = job.timing.latest_at(now)
        due = missed if missed > since else job.timing.next_after(now)
        return job.timing.shifted(due, name)

    def _missed(self, name: str, job: Job, state: JobState) -> list[str]:
        now, since = self._now(), state.done or state.since or self._now()
        first = job.timing.next_after(since)
        if first + job.timing.jitter + LATE > now:
            return []
        count = (now - first) // PERIODS[job.every] + 1
        words = (
            f"It did not run at its time, first at {first.isoformat()}, {count} times in all: the schedule was not "
            f"kept. {'It runs now, once.' if job.catch_up else 'It is not caught up, as the schedule says.'} Look why "
            "`spectron-ops schedule run` was not at work."
        )
        return [f"{name}: {words}", *self._tell("missed", name, Ended(NOTHING, words))]

    def _tell(self, kind: Kind, name: str, ended: Ended) -> list[str]:
        job = self._schedule.jobs.get(name)
        runbook = None if kind in {"done", "recovered"} else job.runbook if job else BACKUP_FAILED
        return self._notifier.tell(Event(kind, name, self._now(), self._host, ended.exit_code, ended.message, runbook))


def _ended(state: JobState, ended: Ended, due: datetime, now: datetime) -> JobState:
    return state.model_copy(
        update={
            "done": due,
            "finished_at": now,
            "succeeded_at": state.succeeded_at if ended.exit_code else now,
            "exit_code": ended.exit_code,
            "message": ended.message,
        }
    )


def _skipping(state: JobState, latest: datetime) -> JobState:
    return state.model_copy(update={"done": max(latest, state.done or latest)})
