"""The whole deployment at a glance."""

from collections import Counter
from datetime import datetime, timedelta
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.choice import Choice
from spectron_tui.feed.deployment import Deployment, observe
from spectron_tui.feed.troubles import Trouble, troubles
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.sheets.overview import answers_line, backups_line, load_lines, server_line, tenant_row, trouble_lines
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column
from spectron_tui.widgets.table import Table

WIDE = 110
COLUMNS = (
    Column("context", "Context"),
    Column("state", "State", 9),
    Column("ready", "Ready", 7, right=True),
    Column("working", "Working", 7, right=True),
    Column("failed", "Failed", 6, right=True),
    Column("stored", "Stored", 10, right=True),
    Column("tokens", "Tokens", 12),
    Column("queue", "Queue", 6, right=True, from_width=WIDE),
    Column("asked", "Per min", 7, right=True, from_width=WIDE),
    Column("p95", "p95", 9, right=True, from_width=WIDE),
    Column("tiers", "Tiers, last hour", from_width=WIDE + 40),
)
OPEN = frozenset({"queued", "retrying", "running"})
"""States of a job that is not at its end."""
ROWS_A_TROUBLE = 5
"""One line of troubles for every so many of the screen."""
LOOK_AT_BACKUPS = timedelta(minutes=1)


class OverviewScreen(TabledScreen[Deployment]):
    """The server, what is wrong now, and each Context on a line."""

    AREA = Area.OVERVIEW
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.OVERVIEW))
    DEFAULT_CSS = """
    OverviewScreen > Static { height: auto; padding: 0 1; }
    OverviewScreen #load { text-wrap: nowrap; }
    OverviewScreen #troubles { border-top: solid $panel; border-bottom: solid $panel; }
    OverviewScreen #troubles.bad { color: $error; }
    """

    def __init__(self, *, filter: str = "") -> None:
        super().__init__(Deployment(), Table(COLUMNS, id="contexts"), filter=filter)
        self._looked_at: datetime | None = None

    def body(self) -> ComposeResult:
        yield Plain(id="server")
        yield Plain(id="load")
        yield Plain(id="answers")
        yield Plain(id="backups")
        yield Plain(id="troubles")
        yield self.table
        yield Notice("the Contexts", empty="There is no Context yet. Press 2, then n, to create one.")
        yield from self.filter_line()

    async def observe(self) -> Deployment:
        await self.dashboard.count()
        return await observe(self.dashboard.admin, self.snapshot, self.dashboard.surroundings.now())

    def failed(self) -> bool:
        return self.snapshot.failed

    def show(self) -> None:
        dashboard, seen = self.dashboard, self.snapshot
        now = dashboard.surroundings.now()
        if dashboard.desk.repository and (self._looked_at is None or now - self._looked_at >= LOOK_AT_BACKUPS):
            self._looked_at = now
            self._look_at_backups()
        self.query_one("#server", Plain).say(server_line(seen))
        self.query_one("#load", Plain).say(load_lines(dashboard.load, now, self.size.width - 2))
        self.query_one("#answers", Plain).say(answers_line(seen))
        self.query_one("#backups", Plain).say(backups_line(dashboard.desk.vault, dashboard.desk.repository, now))
        queued = Counter(job.context_id for job in seen.jobs.value or () if job.state in OPEN)
        self.table.apply([tenant_row(tenant, queued[tenant.context.id]) for tenant in seen.tenants.value or ()])
        self.query_one(Notice).tell(seen.tenants, now)
        self._show_troubles()

    def on_resize(self, _: events.Resize) -> None:
        if self.stands:
            self.show()

    @on(Table.Opened)
    def action_overview_open(self) -> None:
        if self.table.row is not None:
            self.dashboard.open_context(self.table.row.key)

    @work(exclusive=True, group="choose")
    async def action_overview_runbook(self) -> None:
        found = self.troubles()
        if not found:
            self.notify("Nothing is wrong. 7 shows every runbook.")
            return
        pages = {trouble.text: trouble.runbook for trouble in found}
        chosen: str | None = found[0].text
        if len(pages) > 1:
            chosen = await self.app.push_screen_wait(Choice("Which trouble?", [*pages], chosen))
        if chosen is not None:
            self.dashboard.open_runbook(pages[chosen])

    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong now."""
        dashboard, now = self.dashboard, self.dashboard.surroundings.now()
        minute = dashboard.load.latest(now)
        return troubles(self.snapshot, dashboard.desk.vault, minute, now, repository=dashboard.desk.repository)

    def _show_troubles(self) -> None:
        found = self.troubles()
        wrong = self.query_one("#troubles", Plain)
        wrong.set_class(bool(found), "bad")
        seen = self.snapshot
        asked = seen.ready.value is not None and seen.tenants.value is not None and seen.jobs.value is not None
        wrong.say(trouble_lines(found, max(3, self.size.height // ROWS_A_TROUBLE - 1), asked=asked))

    @work(exclusive=True, group="backups")
    async def _look_at_backups(self) -> None:
        await self.dashboard.desk.look_at_backups()
        if not self.stands:
            return
        self._show_troubles()
        dashboard = self.dashboard
        now = dashboard.surroundings.now()
        self.query_one("#backups", Plain).say(backups_line(dashboard.desk.vault, dashboard.desk.repository, now))
