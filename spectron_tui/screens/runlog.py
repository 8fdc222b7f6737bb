"""What was run and noted since the dashboard was opened: the timeline of an incident."""

import json
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.feed.panel import Panel
from spectron_tui.programs.timeline import as_markdown
from spectron_tui.screens.output import OutputScreen
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.table import Table

COLUMNS = (
    Column("at", "Time (UTC)", 19),
    Column("result", "Result", 12),
    Column("page", "Runbook", 16),
    Column("what", "What"),
)
Entries = tuple[dict[str, Any], ...]


class RunLogScreen(TabledScreen[Entries]):
    """Opened from the runbooks; Escape goes back."""

    AREA = Area.RUNLOG
    EVERY = 5.0
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.RUNLOG))

    def __init__(self) -> None:
        super().__init__((), Table(COLUMNS, id="log"))

    def body(self) -> ComposeResult:
        yield self.table
        yield Notice("the log", empty="Nothing was run yet. Press n to note something.")
        yield from self.filter_line()

    async def observe(self) -> Entries:
        return tuple(self.dashboard.desk.timeline()["entries"])

    def failed(self) -> bool:
        return False

    def reached(self) -> None:
        """The log is the dashboard's own."""

    def show(self) -> None:
        self.table.apply([_row(index, entry) for index, entry in enumerate(self.snapshot)])
        now = self.dashboard.surroundings.now()
        self.query_one(Notice).tell(Panel(self.snapshot, now), now)

    def runs_moved(self) -> None:
        self.ask()

    @on(Table.Opened)
    def action_runlog_open(self) -> None:
        number = self.table.row.document.get("number") if self.table.row else None
        if number is not None:
            self.app.push_screen(OutputScreen(self.dashboard.desk.runs.log[number - 1]))

    @work(exclusive=True, group="choose")
    async def action_runlog_note(self) -> None:
        given = await self.app.push_screen_wait(Form("Note", (Field("text", "What happened, or was decided"),), "Note"))
        if given is not None:
            self.dashboard.desk.note(given["text"])
            self.ask()

    def action_runlog_export(self) -> None:
        document = self.dashboard.desk.timeline()
        surroundings = self.dashboard.surroundings
        stem = f"spectron-timeline-{surroundings.now():%Y%m%dT%H%M%SZ}"
        try:
            (surroundings.exports / f"{stem}.md").write_text(as_markdown(document), "utf-8")
            (surroundings.exports / f"{stem}.json").write_text(json.dumps(document, indent=2) + "\n", "utf-8")
        except OSError as error:
            self.notify(f"Can't write {stem}: {error.strerror}.", severity="error", markup=False)
        else:
            self.notify(f"The timeline is in {surroundings.exports / stem}.md and .json.", markup=False)


def _row(index: int, entry: dict[str, Any]) -> Row:
    if "note" in entry:
        cells = (entry["at"], "", "", entry["note"])
    else:
        ended = "not done" if entry["problem"] else f"exit code {entry['exit_code']}"
        result = "at work" if entry["seconds"] is None else ended
        cells = (entry["at"], result, entry["runbook"] or "", entry["command"])
    return Row(str(index), cells, document=entry, style="bold" if entry.get("exit_code") else "")
