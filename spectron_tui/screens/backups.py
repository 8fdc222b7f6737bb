"""Backups: what there is, how far it can be relied on, and what becomes of it."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from spectron.errors import SpectronError
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.dialogs.sheet import Sheet
from spectron_tui.feed.panel import Panel
from spectron_tui.feed.vault import NO_REPOSITORY, BackupSet, Vault, decided
from spectron_tui.programs import ops
from spectron_tui.programs.answer import answer
from spectron_tui.programs.command import Command
from spectron_tui.programs.run import Run
from spectron_tui.screens.output import OutputScreen
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.sheets.backups import about, contents, headline, pruning, set_rows, upcoming
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.pane import Pane
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column
from spectron_tui.widgets.table import Table

COLUMNS = (
    Column("set", "Set", 23),
    Column("age", "Age", 4, right=True),
    Column("state", "State", 10),
    Column("size", "Size", 9, right=True),
    Column("verified", "Verify", 6),
    Column("drilled", "Drill", 6),
    Column("prune", "Prune", 5),
    Column("why", "Why", from_width=100),
)
RUN = (
    Field("contexts", "Contexts, with blanks between; none means all", "acme-prod", required=False),
    Field("originals", "Copy the documents' originals too: yes or no", "yes", "yes"),
)


class BackupsScreen(TabledScreen[Vault]):
    """The sets of one repository, and the commands that keep it."""

    AREA = Area.BACKUPS
    EVERY = 30.0
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.BACKUPS))
    DEFAULT_CSS = """
    BackupsScreen #repository, BackupsScreen #jobs, BackupsScreen #about { height: auto; padding: 0 1; }
    BackupsScreen #about { max-height: 4; border-top: solid $panel; }
    """

    def __init__(self, *, filter: str = "") -> None:
        super().__init__(Vault(), Table(COLUMNS, id="sets"), filter=filter)

    def body(self) -> ComposeResult:
        yield Plain(id="repository")
        yield Plain(id="jobs")
        yield self.table
        yield Notice("the sets", empty="There is no set yet. Press b to make one.", id="sets-notice")
        yield Plain(id="about")
        yield Pane(id="pane")
        yield from self.filter_line()

    async def observe(self) -> Vault:
        return await self.dashboard.desk.look_at_backups()

    def failed(self) -> bool:
        return self.snapshot.listing.error is not None

    def reached(self) -> None:
        """The repository is not the server."""

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        seen = self.snapshot
        first = self.query_one("#repository", Plain)
        first.say(headline(seen, self.dashboard.desk.repository, now))
        first.display = bool(self.dashboard.desk.repository)
        jobs = self.query_one("#jobs", Plain)
        jobs.say(upcoming(seen.jobs.value, now) if seen.jobs.value is not None else f"next: {seen.jobs.error or '…'}")
        jobs.display = bool(self.dashboard.desk.repository)
        self.table.apply(set_rows(seen, now))
        listing = seen.listing
        sets = None if listing.value is None else (*listing.value.sets, *listing.value.damaged)
        self.query_one("#sets-notice", Notice).tell(Panel(sets, listing.taken_at, listing.error, listing.absent), now)
        self._explain()
        self.runs_moved()

    def runs_moved(self) -> None:
        """Bring the pane up to the last run of this screen."""
        self.query_one(Pane).tell(self._run(), self.dashboard.surroundings.now())

    def run_ended(self, run: Run) -> None:
        """See what it has changed."""
        if run.command.words[0] == ops.PROGRAM:
            self.ask()

    @on(Table.Moved)
    def _explain(self) -> None:
        if not self.stands:
            return
        one = self._set()
        sheet = self.query_one("#about", Plain)
        sheet.display = one is not None
        if one is not None:
            sheet.say(about(one, self.snapshot, self.dashboard.surroundings.now()))

    @on(Table.Opened)
    @work(exclusive=True, group="choose")
    async def action_backups_open(self) -> None:
        row = self.table.row
        if row is None:
            return
        try:
            text = contents(
                await answer(self.dashboard.desk.programs, ops.show(row.key), self.dashboard.desk.environ())
            )
        except SpectronError as error:
            self.dashboard.report(error)
            return
        one = self._set()
        known = f"\n\n{about(one, self.snapshot, self.dashboard.surroundings.now())}" if one else ""
        await self.app.push_screen_wait(Sheet(row.key, text + known))

    @work(exclusive=True, group="change")
    async def action_backups_run(self) -> None:
        given = await self._answers_to(Form("Make a backup set now", RUN, "Back up", neither_yes_nor_no))
        if given is not None:
            self._start(ops.back_up(given["contexts"].split(), with_originals=given["originals"] == "yes"))

    @work(exclusive=True, group="change")
    async def action_backups_verify(self) -> None:
        one = self._set()
        if one is not None:
            self._start(ops.verify(one.id))

    @work(exclusive=True, group="change")
    async def action_backups_drill(self) -> None:
        one = self._set()
        if one is None:
            return
        fields = (
            Field("key", "File with the deployment's master key; none means Contexts alone", "master.key", "", False),
        )
        given = await self._answers_to(Form(f"Restore {one.id} into a throwaway server, and try it", fields, "Drill"))
        if given is not None:
            self._start(ops.drill(one.id, given["key"]))

    @work(exclusive=True, group="change")
    async def action_backups_hold(self) -> None:
        one = self._set()
        if one is None:
            return
        if one.marks.get("held") is not None:
            words = "Pruning may delete it when its time is over."
            if await self.app.push_screen_wait(Asking(f"Hold {one.id} no more?", words, "Let go")):
                self._start(ops.unhold(one.id))
            return
        given = await self._answers_to(
            Form(f"Keep {one.id} from being pruned", (Field("reason", "Why", "audit 2026"),), "Hold")
        )
        if given is not None:
            self._start(ops.hold(one.id, given["reason"]))

    @work(exclusive=True, group="change")
    async def action_backups_prune(self) -> None:
        dashboard = self.dashboard
        if not dashboard.desk.repository:
            self.notify(f"Not done. {NO_REPOSITORY}.", severity="warning", markup=False)
            return
        try:
            decisions = await decided(dashboard.desk.programs, dashboard.desk.environ())
        except SpectronError as error:
            dashboard.report(error)
            return
        gone = sum(not one.keep for one in decisions)
        if not gone:
            self.notify("Nothing to prune: every set is kept, each with its reason in the table.")
            return
        name = dashboard.desk.repository.rstrip("/").rpartition("/")[2] or dashboard.desk.repository
        if await self.app.push_screen_wait(
            Naming(f"Delete {gone} of {len(decisions)} sets?", pruning(decisions), name, "Prune")
        ):
            self._start(ops.PRUNE)

    def action_backups_output(self) -> None:
        run = self._run()
        if run is None:
            self.notify("Nothing was run yet.", severity="warning")
        else:
            self.app.push_screen(OutputScreen(run))

    @work(exclusive=True, group="change")
    async def action_backups_end(self) -> None:
        run = self._run()
        if run is None or run.ended:
            self.notify("Nothing is at work.", severity="warning")
        elif await self.app.push_screen_wait(
            Asking(f"End “{run.command.purpose}”?", "What it has not finished is not done.", "End it")
        ):
            await self.dashboard.desk.runs.end(run)

    async def _answers_to(self, form: Form) -> dict[str, str] | None:
        if not self.dashboard.desk.repository:
            self.notify(f"Not done. {NO_REPOSITORY}.", severity="warning", markup=False)
            return None
        return await self.app.push_screen_wait(form)

    def _start(self, command: Command) -> None:
        self.dashboard.desk.start(command)
        self.runs_moved()

    def _run(self) -> Run | None:
        """What is at work, else what was run last."""
        runs = [run for run in self.dashboard.desk.runs.log if run.command.words[0] == ops.PROGRAM and run.page is None]
        return next((run for run in runs if not run.ended), runs[-1] if runs else None)

    def _set(self) -> BackupSet | None:
        document = self.table.row.document if self.table.row is not None else None
        return document if isinstance(document, BackupSet) else None


def neither_yes_nor_no(given: dict[str, str]) -> str | None:
    """What is wrong with what was filled in."""
    return None if given["originals"] in {"yes", "no"} else "Copy the originals: yes or no?"
