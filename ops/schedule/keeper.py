"""Keeps the schedule: what is due runs, what became of it is remembered and told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ops.notify.event import Event, Kind
from ops.notify.notifier import Notifier
from ops.schedule.config import Job, Schedule
from ops.schedule.running import Ended, Runner
from ops.schedule.state import JobState, StateFile


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, and who could not be told."""

    job: str
    ended: Ended
    undelivered: list[str]

    @property
    def exit_code(self) -> int:
        return self.ended.exit_code or (1 if self.undelivered else 0)


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

    def begin(self) -> None:
        """Take note of jobs that are new: they run at their next time, not for the times before they were there."""
        known = self._state.load()
        for name, job in self._schedule.jobs.items():
            state = known.get(name)
            if state is None or state.since is None:
                self._state.update(name, lambda old: old.model_copy(update={"since": self._now()}))
            elif not job.catch_up:
                missed = job.timing.latest_at(self._now())
                self._state.update(name, lambda old, missed=missed: _skipping(old, missed))  # type: ignore[misc]

    def next_runs(self) -> dict[str, datetime]:
        """When each job begins next; in the past if it is due, and only once however much was missed."""
        known = self._state.load()
        return {name: self._next(name, job, known.get(name, JobState())) for name, job in self._schedule.jobs.items()}

    def due(self) -> list[str]:
        now = self._now()
        return [name for name, at in self.next_runs().items() if at <= now]

    def run(self, name: str) -> Outcome:
        """Run a job now."""
        job = self._schedule.jobs[name]
        started = self._now()
        # A run that began a little before its time, by jitter, stands for the time that comes.
        stands_for = job.timing.latest_at(started)
        before = self._state.load().get(name, JobState())
        self._state.update(name, lambda old: old.model_copy(update={"started_at": started}))
        self._on_change()
        ended = self._runner.run(name, job.arguments, job.timeout)
        self._state.update(name, lambda old: _ended(old, ended, stands_for, self._now()))
        self._on_change()
        return Outcome(name, ended, self._tell(name, ended, before))

    def _next(self, name: str, job: Job, state: JobState) -> datetime:
        now = self._now()
        # A clock that was put back must not make the job wait until it has caught up with itself.
        since = min(state.done or state.since or now, now)
        missed = job.timing.latest_at(now)
        due = missed if missed > since else job.timing.next_after(now)
        return job.timing.shifted(due, name)

    def _tell(self, name: str, ended: Ended, before: JobState) -> list[str]:
        kind: Kind = "failed" if ended.exit_code else "recovered" if before.failing else "done"
        return self._notifier.tell(Event(kind, name, self._now(), self._host, ended.exit_code, ended.message))


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


def _skipping(state: JobState, missed: datetime) -> JobState:
    return state.model_copy(update={"done": max(missed, state.done or missed)})
