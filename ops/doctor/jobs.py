"""The schedule: whether its jobs run, and whether anybody would hear of it if they did not."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ops.doctor.diagnosis import Diagnosis
from ops.errors import OpsError
from ops.notify.event import Event
from ops.notify.notifier import Notifier
from ops.pages import BACKUP_FAILED
from ops.schedule.config import Schedule
from ops.schedule.keeper import LATE, Keeper
from ops.schedule.state import JobState

MESSAGES = "messages"


def jobs(schedule: Schedule, keeper: Keeper, known: Mapping[str, JobState], now: datetime) -> Iterator[Diagnosis]:
    """Each ended well the last time, was told of, and none is overdue."""
    for name, due in keeper.next_runs().items():
        state, what, page = known.get(name, JobState()), f"job {name}", schedule.jobs[name].runbook
        if state.failing:
            yield Diagnosis(what, "ill", f"the last run failed: {state.message}", page)
        elif now - due > LATE:
            words = f"it is due since {due.isoformat()}; is `spectron-ops schedule run` at work?"
            yield Diagnosis(what, "ill", words, page)
        elif state.succeeded_at is None:
            yield Diagnosis(what, "doubtful", "it has never run")
        else:
            yield Diagnosis(what, "well", f"went well at {state.succeeded_at.isoformat()}")
        for lost in state.undelivered:
            yield Diagnosis(MESSAGES, "ill", f"about {name}: {lost}", BACKUP_FAILED)
    if not (schedule.notify.webhooks or schedule.notify.mail):
        yield Diagnosis(MESSAGES, "doubtful", "nobody is told when a job fails; write `notify` into the schedule")


def try_messages(notifier: Notifier, host: str, now: datetime) -> Iterator[Diagnosis]:
    """Send one message to everybody who would be told."""
    if not notifier.reaches_anybody:
        raise OpsError("There is nobody to send a test to. Write `notify` into the schedule.")
    lost = notifier.tell(Event("test", "doctor", now, host, 0, "This is a test: nothing is wrong."))
    for words in lost:
        yield Diagnosis(MESSAGES, "ill", words, BACKUP_FAILED)
    if not lost:
        yield Diagnosis(MESSAGES, "well", "the test message was taken everywhere")
