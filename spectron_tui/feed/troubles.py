"""What is wrong now, worst first, each with the runbook that deals with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from spectron_tui.feed.deployment import Deployment, Tenant
from spectron_tui.feed.load import Minute
from spectron_tui.feed.vault import Vault
from spectron_tui.wording import age

NEARLY = 90.0
MANY_WAITING = 100
SLOW_MS = 2_000.0
FAILING_SHARE = 0.05
STANDSTILL = timedelta(minutes=10)
SET_AGE = timedelta(hours=26)
DRILL_AGE = timedelta(days=30)
NO_REASON = "no reason given"


@dataclass(frozen=True)
class Trouble:
    """A sentence for the operator, and the page to open."""

    text: str
    runbook: str


def troubles(
    deployment: Deployment, vault: Vault, minute: Minute | None, now: datetime, *, repository: str | None
) -> tuple[Trouble, ...]:
    """Everything the last polls show to be wrong."""
    backups = _backups(vault, now) if repository else ()
    return (*_service(deployment), *_load(minute), *_tenants(deployment), *_queue(deployment, now), *backups)


def _service(deployment: Deployment) -> Iterator[Trouble]:
    if deployment.health.error:
        yield Trouble(f"No answer: {deployment.health.error}", "full-disaster")
        return
    if deployment.tenants.error or deployment.jobs.error:
        refused = deployment.tenants.error or deployment.jobs.error
        yield Trouble(f"Contexts and jobs can't be seen: {refused}", "database-down")
    ready = deployment.ready.value
    if ready is not None and ready.status == "unavailable":
        yield Trouble(f"The database can't be reached: {ready.engine.get('reason', NO_REASON)}", "database-down")
    objects = ready.raw.get("object_store", {}) if ready is not None else {}
    if objects.get("state", "ok") != "ok":
        yield Trouble(f"The object store can't be reached: {objects.get('reason', NO_REASON)}", "object-store-down")
    for context in ready.contexts if ready is not None else ():
        yield Trouble(f"{context.id} is {context.state}: {context.reason or NO_REASON}", "migration-failed")


def _load(minute: Minute | None) -> Iterator[Trouble]:
    if minute is None:
        return
    if minute.error_share is not None and minute.error_share >= FAILING_SHARE:
        yield Trouble(f"{minute.error_share:.0%} of requests fail", "database-down")
    if minute.p95_ms is not None and minute.p95_ms >= SLOW_MS:
        yield Trouble(f"One request of twenty takes more than {minute.p95_ms / 1000:.1f} s", "high-latency")


def _tenants(deployment: Deployment) -> Iterator[Trouble]:
    for tenant in deployment.tenants.value or ():
        yield from _tenant(tenant)


def _tenant(tenant: Tenant) -> Iterator[Trouble]:
    name, usage, stats = tenant.context.id, tenant.usage.value, tenant.stats.value
    if usage is not None and usage.percent is not None and usage.percent >= NEARLY:
        yield Trouble(f"{name} has used {usage.percent:.0f}% of this month's tokens", "token-limit")
    failed = stats.documents.get("failed", 0) if stats is not None else 0
    if failed:
        yield Trouble(f"{name} has {failed} failed document{'s' if failed > 1 else ''}", "ingestion-failing")
    if tenant.stats.error:
        yield Trouble(f"{name} does not answer: {tenant.stats.error}", "database-down")


def _queue(deployment: Deployment, now: datetime) -> Iterator[Trouble]:
    jobs = deployment.jobs.value or ()
    dead = sum(job.state == "dead" for job in jobs)
    waiting = sum(job.state == "queued" for job in jobs)
    if dead:
        yield Trouble(f"{dead} job{'s have' if dead > 1 else ' has'} used up all attempts", "ingestion-failing")
    for job in jobs:
        if job.state == "running" and job.updated_at is not None and now - job.updated_at > STANDSTILL:
            words = f"The job {job.id} of {job.context_id} has not moved for {age(job.updated_at, now)}"
            yield Trouble(words, "ingestion-stuck")
    if waiting >= MANY_WAITING:
        yield Trouble(f"{waiting} or more jobs are waiting", "queue-growing")


def _backups(vault: Vault, now: datetime) -> Iterator[Trouble]:
    listing = vault.listing.value
    if vault.listing.error:
        yield Trouble(f"The backups can't be listed: {vault.listing.error}", "backup-failed")
    if listing is not None:
        newest = listing.newest_good
        if newest is None:
            yield Trouble("There is no good backup of every Context", "backup-failed")
        elif now - newest.started_at > SET_AGE:
            yield Trouble(f"The newest good backup is {age(newest.started_at, now)} old", "backup-failed")
        for name in listing.damaged:
            yield Trouble(f"The backup {name} is damaged", "backup-failed")
    for job in vault.jobs.value or ():
        if job.exit_code:
            yield Trouble(f"The scheduled job {job.name} failed with exit code {job.exit_code}", "backup-failed")
    yield from _drills(vault, now)


def _drills(vault: Vault, now: datetime) -> Iterator[Trouble]:
    drills = vault.drills.value
    if drills is None:
        return
    passed = vault.last_passed
    if drills and not drills[0].passed:
        yield Trouble(f"The last drill, of {drills[0].set_id}, failed", "drill-failed")
    elif passed is None:
        yield Trouble("No backup was ever proven by a drill", "drill-failed")
    elif now - passed.begun_at > DRILL_AGE:
        yield Trouble(f"The last drill passed {age(passed.begun_at, now)} ago", "drill-failed")
