"""The parts of retention, put together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from server.control.audit import AuditLog
from server.control.contexts import Contexts
from server.core.clock import Clock
from server.core.ids import Ids
from server.core.retention import duration, policies
from server.index.writes import IndexWrites
from server.observe.events import EventBus
from server.observe.traffic import Traffic
from server.retention.chores import Chore, OldServerRows, ServerChore, expired_answers, old_sweeps, old_traces
from server.retention.cleaning import Cleaner
from server.retention.decay import DAY, Decay
from server.retention.lease import Lease
from server.retention.policies import Policies
from server.retention.preview import Preview
from server.retention.scheduler import Scheduler
from server.retention.sweeper import Sweeper
from server.retention.sweeps import SweepLog
from server.settings import Settings
from server.store.engine import Database


@dataclass(frozen=True)
class Retention:
    """What routes and the composition root use."""

    policies: Policies
    preview: Preview
    sweeper: Sweeper
    sweeps: SweepLog
    lease: Lease
    decay: Decay
    scheduler: Scheduler


def create_retention(
    settings: Settings,
    contexts: Contexts,
    metadata: Database,
    audit: AuditLog,
    index: IndexWrites,
    events: EventBus,
    traffic: Traffic,
    clock: Clock,
    ids: Ids,
    *,
    chores: Sequence[Chore] = (),
    server_chores: Sequence[ServerChore] = (),
) -> Retention:
    """Everything, with the chores that retention brings itself besides those given."""
    traces = _duration(settings, "trace_retention")
    answers = expired_answers(clock)
    own = Policies(
        contexts,
        [replace(policy, source="server") for policy in policies(settings.retention)],
        _duration(settings, "expired_grace"),
    )
    lease = Lease(metadata, clock, "sweep")
    sweeps = SweepLog(metadata, audit, events, lease, clock, ids)
    sweeper = Sweeper(
        contexts.registry,
        Cleaner(own, index, traffic, clock, [answers, old_traces(clock, traces), *chores]),
        sweeps,
        lease,
        clock,
        [OldServerRows(answers, metadata), OldServerRows(old_sweeps(clock, traces), metadata), *server_chores],
    )
    decay = Decay(clock)
    daily = Lease(metadata, clock, "decay", span=DAY)
    scheduler = Scheduler(contexts, sweeper, sweeps, decay, daily, clock, _duration(settings, "sweep_interval"))
    return Retention(own, Preview(clock), sweeper, sweeps, lease, decay, scheduler)


def _duration(settings: Settings, name: str) -> timedelta:
    return duration(getattr(settings, name), name)
