"""The deployment as rows and as text."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from spectron.models.trace import TraceStats
from spectron.terminal.tables import size
from spectron_tui.feed.deployment import Deployment, Tenant
from spectron_tui.feed.load import Load, Minute
from spectron_tui.feed.troubles import Trouble
from spectron_tui.feed.vault import Vault
from spectron_tui.widgets.rows import Row
from spectron_tui.widgets.spark import meter, sparkline
from spectron_tui.wording import age, ago, milliseconds, number, short

HOUR = 60
METER = 6
FIGURE = 19
"""As wide as the longest name with its figure, left of the lines of an hour."""


def server_line(deployment: Deployment) -> str:
    """Server, engine, version, uptime and the queue in one line."""
    health, ready = deployment.health.value, deployment.ready.value
    if health is None or ready is None:
        return "◌ Asking the server …" if deployment.health.error is None else "✗ The server has not answered yet."
    jobs = deployment.jobs.value or ()
    running = sum(job.state == "running" for job in jobs)
    waiting = sum(job.state in {"queued", "retrying"} for job in jobs)
    return (
        f"spectrond {health.version}, {ready.status}, up {ago(health.uptime_seconds)} · "
        f"{ready.engine.get('kind', 'engine')} {milliseconds(ready.engine.get('ping_ms'))} · "
        f"jobs {running} running, {waiting} waiting"
    )


def load_lines(load: Load, now: datetime, width: int) -> str:
    """Requests, failures and latency: now, and over the last hour as far as it was watched."""
    latest = load.latest(now)
    hour = load.per_clock_minute(now)
    room = max(0, min(HOUR, width - FIGURE))
    wide = max(1, (width - FIGURE) // HOUR)
    lines = (
        ("requests", "-" if latest is None else f"{latest.per_minute:,.0f}/min", [_rate(one) for one in hour]),
        ("failing", _share(latest), [one.error_share if one else None for one in hour]),
        ("p95", milliseconds(latest.p95_ms if latest else None), [one.p95_ms if one else None for one in hour]),
    )
    return "\n".join(f"{name:<9}{figure:>9} {sparkline(values, room, wide=wide)}" for name, figure, values in lines)


def answers_line(deployment: Deployment) -> str:
    """Which tiers answered in the last hour."""
    if deployment.tenants.value is None:
        return "answers  -"
    stats = [tenant.traces.value for tenant in deployment.tenants.value if tenant.traces.value is not None]
    questions = sum(one.total_queries for one in stats)
    if not questions:
        return "answers  none asked for in the last hour"
    return f"answers  {number(questions)} in the last hour: {tiers(stats)}"


def tiers(stats: Sequence[TraceStats]) -> str:
    """The share of each tier, the most used first."""
    counts: Counter[str] = Counter()
    for one in stats:
        counts.update(one.tier_counts)
    total = sum(counts.values())
    said = [f"{short(tier)} {count / total:.0%}" for tier, count in counts.most_common() if count]
    return ", ".join(said)


def backups_line(vault: Vault, repository: str | None, now: datetime) -> str:
    """How old the last backup and the last drill are."""
    if not repository:
        return "backups  no repository is named; 6 says how"
    listing = vault.listing.value
    if listing is None:
        return f"backups  {'✗ ' + vault.listing.error if vault.listing.error else '◌ looking …'}"
    newest, drills = listing.newest_good, vault.drills.value or ()
    last = f"newest good set {age(newest.started_at, now)} ago" if newest else "no good set"
    drilled = "no drill yet"
    if drills:
        drilled = f"last drill {age(drills[0].begun_at, now)} ago, {'passed' if drills[0].passed else 'FAILED'}"
    upcoming = min((job.next for job in vault.jobs.value or ()), default=None)
    following = "" if upcoming is None else f" · next job in {ago(max(0.0, (upcoming - now).total_seconds()))}"
    return f"backups  {last} · {drilled}{following}"


def trouble_lines(found: Sequence[Trouble], shown: int, *, asked: bool) -> str:
    """The worst first, and how many more there are."""
    if not found:
        return "● Nothing is wrong." if asked else ""
    more = len(found) - shown
    lines = [f"✗ {trouble.text}" for trouble in found[:shown]]
    key = "w opens the runbook"
    return "\n".join([*lines, f"  and {more} more; {key}" if more > 0 else f"  {key}"])


def tenant_row(tenant: Tenant, queued: int = 0) -> Row:
    """One Context on a line."""
    context, stats, usage, traces = tenant.context, tenant.stats.value, tenant.usage.value, tenant.traces.value
    documents = stats.documents if stats is not None else {}
    failed = documents.get("failed", 0)
    ready = documents.get("ready", 0)
    working = sum(documents.values()) - failed - ready
    stored = stats.object_bytes if stats is not None else 0
    asked = traces.total / HOUR if traces is not None else 0.0
    p95 = (traces.latency.get("p95_ms") or 0.0) if traces is not None else 0.0
    mix = tiers([traces]) if traces is not None else "-"
    return Row(
        context.id,
        (
            context.id,
            context.state,
            number(ready) if stats else "-",
            number(working) if stats else "-",
            number(failed) if stats else "-",
            size(stored) if stats else "-",
            tokens(tenant),
            number(queued),
            f"{asked:.1f}" if traces else "-",
            milliseconds(p95) if traces and traces.total else "-",
            mix or "-",
        ),
        sort=(
            context.id,
            context.state,
            ready,
            working,
            failed,
            stored,
            usage.percent or 0.0 if usage else 0.0,
            queued,
            asked,
            p95,
            mix,
        ),
        document=context,
        style="bold" if failed else "",
    )


def tokens(tenant: Tenant) -> str:
    """A bar of what is used of the month's limit; without one, how many are."""
    usage = tenant.usage.value
    if usage is None:
        return "-"
    if usage.percent is None:
        return number(usage.tokens_used)
    return f"{meter(usage.tokens_used, usage.token_limit, METER)} {usage.percent:4.0f}%"


def _rate(minute: Minute | None) -> float | None:
    return None if minute is None else minute.per_minute


def _share(minute: Minute | None) -> str:
    return "-" if minute is None or minute.error_share is None else f"{minute.error_share:.1%}"
