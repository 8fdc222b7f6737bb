"""The runbooks: which there are, by what they deal with."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from runbooks.page import Page
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.screens.runlog import RunLogScreen
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.table import Table

COLUMNS = (
    Column("title", "Incident"),
    Column("commands", "Commands", 8, right=True),
    Column("run", "Run", 4, right=True),
    Column("slug", "Page", 20),
)
Pages = tuple[Page, ...]


class RunbooksScreen(TabledScreen[Pages]):
    """Every page; the filter looks into their texts."""

    AREA = Area.RUNBOOKS
    EVERY = 30.0
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.RUNBOOKS))
    DEFAULT_CSS = """
    RunbooksScreen #first { height: auto; padding: 0 1; }
    RunbooksScreen #shows { height: auto; max-height: 8; padding: 0 1; border-top: solid $panel; }
    """

    def __init__(self, *, filter: str = "") -> None:
        super().__init__((), Table(COLUMNS, id="pages"), filter=filter)

    def body(self) -> ComposeResult:
        yield Plain("/ searches in the pages, Enter opens one, l shows what was run.", id="first")
        yield self.table
        yield Plain(id="shows")
        yield from self.filter_line()

    async def observe(self) -> Pages:
        return self.dashboard.desk.library.pages

    def failed(self) -> bool:
        return False

    def reached(self) -> None:
        """The pages come with the dashboard; no server was asked."""

    def show(self) -> None:
        ran = [run.page for run in self.dashboard.desk.runs.log]
        self.table.apply(
            [
                Row(
                    page.slug,
                    (page.title, str(len(page.commands)), str(ran.count(page.slug) or ""), page.slug),
                    sort=(page.title.casefold(), len(page.commands), ran.count(page.slug), page.slug),
                    document={"slug": page.slug, "title": page.title, "alerts": page.alerts},
                    words=page.text,
                )
                for page in self.snapshot
            ]
        )
        self._explain()

    def runs_moved(self) -> None:
        self.show()

    @on(Table.Moved)
    def _explain(self) -> None:
        if not self.stands:
            return
        page = self.dashboard.desk.library.page(self.table.row.key) if self.table.row else None
        shows = self.query_one("#shows", Plain)
        shows.display = page is not None
        if page is not None:
            shows.say(" ".join(page.section("How it shows").split("```", 1)[0].split()))

    @on(Table.Opened)
    def action_runbooks_open(self) -> None:
        if self.table.row is not None:
            self.dashboard.open_runbook(self.table.row.key)

    def action_runbooks_log(self) -> None:
        self.app.push_screen(RunLogScreen())
