"""The whole deployment at a glance."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from spectron.terminal.tables import size
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.feed.deployment import Deployment, Tenant, observe
from spectron_tui.feed.troubles import troubles
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.spark import meter
from spectron_tui.widgets.table import Table
from spectron_tui.wording import ago, number

COLUMNS = (
    Column("context", "Context"),
    Column("state", "State", 9),
    Column("ready", "Ready", 7, right=True),
    Column("working", "Working", 7, right=True),
    Column("failed", "Failed", 6, right=True),
    Column("stored", "Stored", 10, right=True),
    Column("tokens", "Tokens", 14),
)
SHOWN_TROUBLES = 5


class OverviewScreen(TabledScreen[Deployment]):
    """The server, what is wrong now, and each Context on a line."""

    AREA = Area.OVERVIEW
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.OVERVIEW))
    DEFAULT_CSS = """
    OverviewScreen #server { height: auto; padding: 0 1; }
    OverviewScreen #troubles { height: auto; max-height: 6; padding: 0 1; }
    OverviewScreen #troubles.bad { color: $error; }
    """

    def __init__(self, *, filter: str = "") -> None:
        super().__init__(Deployment(), Table(COLUMNS, id="contexts"), filter=filter)

    def body(self) -> ComposeResult:
        yield Static(id="server", markup=False)
        yield Static(id="troubles", markup=False)
        yield self.table
        yield Notice("the Contexts", empty="There is no Context yet. Press 2, then n, to create one.")
        yield from self.filter_line()

    async def observe(self) -> Deployment:
        return await observe(self.dashboard.admin, self.snapshot, self.dashboard.surroundings.now())

    def failed(self) -> bool:
        return self.snapshot.failed

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        self.query_one("#server", Static).update(server_line(self.snapshot))
        found = troubles(self.snapshot)
        wrong = self.query_one("#troubles", Static)
        wrong.set_class(bool(found), "bad")
        wrong.update(trouble_lines([trouble.text for trouble in found], asked=self.snapshot.ready.value is not None))
        self.table.apply([tenant_row(tenant) for tenant in self.snapshot.tenants.value or ()])
        self.query_one(Notice).tell(self.snapshot.tenants, now)

    @on(Table.Opened)
    def action_overview_open(self) -> None:
        if self.table.row is not None:
            self.dashboard.open_context(self.table.row.key)


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
        f"{ready.engine.get('kind', 'engine')} {ready.engine.get('ping_ms', '-')} ms · "
        f"jobs: {running} running, {waiting} waiting"
    )


def trouble_lines(texts: list[str], *, asked: bool) -> str:
    """The worst first, and how many more there are."""
    if not texts:
        return "● Nothing is wrong." if asked else ""
    more = len(texts) - SHOWN_TROUBLES
    lines = [f"✗ {text}" for text in texts[:SHOWN_TROUBLES]]
    return "\n".join([*lines, f"  and {more} more"] if more > 0 else lines)


def tenant_row(tenant: Tenant) -> Row:
    """One Context on a line."""
    context, stats, usage = tenant.context, tenant.stats.value, tenant.usage.value
    documents = stats.documents if stats is not None else {}
    failed = documents.get("failed", 0)
    ready = documents.get("ready", 0)
    working = sum(documents.values()) - failed - ready
    tokens = "-" if usage is None else meter(usage.tokens_used, usage.token_limit, 10)
    if usage is not None and usage.percent is not None:
        tokens = f"{meter(usage.tokens_used, usage.token_limit, 8)} {usage.percent:4.0f}%"
    stored = stats.object_bytes if stats is not None else 0
    return Row(
        context.id,
        (
            context.id,
            context.state,
            number(ready) if stats else "-",
            number(working) if stats else "-",
            number(failed) if stats else "-",
            size(stored) if stats else "-",
            tokens,
        ),
        sort=(context.id, context.state, ready, working, failed, stored, usage.percent or 0.0 if usage else 0.0),
        document=context,
        style="bold" if failed else "",
    )
