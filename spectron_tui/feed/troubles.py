"""What is wrong now, worst first."""

from collections.abc import Iterator
from dataclasses import dataclass

from spectron_tui.feed.deployment import Deployment, Tenant

NEARLY = 90.0
MANY_WAITING = 100
NO_REASON = "no reason given"


@dataclass(frozen=True)
class Trouble:
    """A sentence for the operator."""

    text: str


def troubles(deployment: Deployment) -> tuple[Trouble, ...]:
    """Everything the last poll shows to be wrong."""
    return (*_service(deployment), *_tenants(deployment), *_queue(deployment))


def _service(deployment: Deployment) -> Iterator[Trouble]:
    if deployment.health.error:
        yield Trouble(f"No answer: {deployment.health.error}")
        return
    ready = deployment.ready.value
    if ready is not None and ready.status == "unavailable":
        yield Trouble(f"The database can't be reached: {ready.engine.get('reason', NO_REASON)}")
    objects = ready.raw.get("object_store", {}) if ready is not None else {}
    if objects.get("state", "ok") != "ok":
        yield Trouble(f"The object store can't be reached: {objects.get('reason', NO_REASON)}")
    for context in ready.contexts if ready is not None else ():
        yield Trouble(f"{context.id} is {context.state}: {context.reason or NO_REASON}")


def _tenants(deployment: Deployment) -> Iterator[Trouble]:
    for tenant in deployment.tenants.value or ():
        yield from _tenant(tenant)


def _tenant(tenant: Tenant) -> Iterator[Trouble]:
    name, usage, stats = tenant.context.id, tenant.usage.value, tenant.stats.value
    if usage is not None and usage.percent is not None and usage.percent >= NEARLY:
        yield Trouble(f"{name} has used {usage.percent:.0f}% of this month's tokens")
    failed = stats.documents.get("failed", 0) if stats is not None else 0
    if failed:
        yield Trouble(f"{name} has {failed} failed document{'s' if failed > 1 else ''}")
    if tenant.stats.error:
        yield Trouble(f"{name} does not answer: {tenant.stats.error}")


def _queue(deployment: Deployment) -> Iterator[Trouble]:
    jobs = deployment.jobs.value or ()
    dead = sum(job.state == "dead" for job in jobs)
    waiting = sum(job.state == "queued" for job in jobs)
    if dead:
        yield Trouble(f"{dead} job{'s have' if dead > 1 else ' has'} used up all attempts")
    if waiting >= MANY_WAITING:
        yield Trouble(f"{waiting} or more jobs are waiting")
