"""A screen whose main part is a table."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from pydantic import TypeAdapter
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, TabbedContent, TabPane, Tabs

from spectron.models.record import Record
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.picking import Picking
from spectron_tui.screens.live import LiveScreen
from spectron_tui.widgets.rows import Row
from spectron_tui.widgets.table import Table

SnapshotT = TypeVar("SnapshotT")


class TabledScreen(LiveScreen[SnapshotT]):
    """Filter, sort, mark, copy and export."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(of(Area.TABLE)),
        Binding("left", "turn(-1)", "Tab before", show=False),
        Binding("right", "turn(1)", "Next tab", show=False),
    ]

    DEFAULT_CSS = """
    TabledScreen #filter { display: none; height: 1; border: none; padding: 0 1; }
    TabledScreen #filter.open { display: block; }
    """

    def __init__(self, empty: SnapshotT, table: Table, *others: Table, filter: str = "") -> None:
        super().__init__(empty)
        self.table = table
        self._tables = (table, *others)
        self._first_filter = filter

    def main(self) -> Widget:
        return self.table

    def table_in_sight(self) -> Table | None:
        """The table that is looked at: the one with the focus, else the one of the tab that is open."""
        seen = [table for table in self._tables if table.is_on_screen]
        return next((table for table in seen if table.has_focus), seen[0] if seen else None)

    def filter_line(self) -> ComposeResult:
        """The input that `/` opens."""
        yield Input(
            self._first_filter,
            placeholder="Show rows with these words; Escape clears",
            id="filter",
            classes="open" if self._first_filter else "",
        )

    @on(Input.Changed, "#filter")
    def _narrow(self, event: Input.Changed) -> None:
        table = self.table_in_sight() or self.table
        if table.view.filter != event.value:
            table.look(replace(table.view, filter=event.value))

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        (self.table_in_sight() or self.table).focus()

    @on(TabbedContent.TabActivated)
    def _turn_to_tab(self, event: TabbedContent.TabActivated) -> None:
        """Each table keeps its own filter."""
        table = next(iter(event.pane.query(Table)), None)
        line = self.query_one("#filter", Input)
        with line.prevent(Input.Changed):
            line.value = table.view.filter if table else ""
        line.set_class(bool(line.value), "open")

    def clear_filter(self) -> bool:
        """Whether there was a filter to take away."""
        line = self.query_one("#filter", Input)
        if not line.has_class("open"):
            return False
        line.value = ""
        line.remove_class("open")
        (self.table_in_sight() or self.table).focus()
        return True

    def action_turn(self, by: int) -> None:
        """Open the tab beside the present one."""
        for tabs in self.query(TabbedContent):
            panes = [pane for pane in tabs.query(TabPane) if pane.id]
            names = [str(pane.id) for pane in panes]
            opened = panes[(names.index(tabs.active) + by) % len(panes)]
            tabs.active = str(opened.id)
            (next(iter(opened.query(Table)), None) or tabs.query_one(Tabs)).focus()

    def action_table_filter(self) -> None:
        if self._seen() is not None:
            line = self.query_one("#filter", Input)
            line.add_class("open")
            line.focus()

    def action_table_sort(self) -> None:
        table = self._seen()
        if table is not None:
            table.look(table.view.sorted_by_next(table.drawn))

    def action_table_reverse(self) -> None:
        table = self._seen()
        if table is not None:
            table.look(replace(table.view, reverse=not table.view.reverse))

    @work(exclusive=True, group="choose")
    async def action_table_columns(self) -> None:
        table = self._seen()
        if table is None:
            return
        names = {column.id: column.label for column in table.columns}
        drawn = [table.columns[index].id for index in table.drawn]
        picked = await self.app.push_screen_wait(Picking("Which columns?", names, drawn))
        if picked is not None:
            table.pick(picked)

    def action_table_copy_id(self) -> None:
        rows = self._chosen_rows()
        self._copy("\n".join(row.key for row in rows), f"{len(rows)} id{'s' if len(rows) != 1 else ''}")

    def action_table_copy_text(self) -> None:
        rows = self._chosen_rows()
        said = [row.text or "\t".join(cell.strip() for cell in row.cells) for row in rows]
        self._copy("\n".join(said), f"{len(rows)} row{'s' if len(rows) != 1 else ''} as text")

    def action_table_copy_json(self) -> None:
        documents = [plain(row.document) for row in self._chosen_rows()]
        text = json.dumps(documents[0] if len(documents) == 1 else documents, indent=2) if documents else ""
        self._copy(text, "JSON")

    def action_table_mark(self) -> None:
        table = self._seen()
        if table is not None:
            table.toggle_mark()

    def action_table_export_csv(self) -> None:
        table = self._seen()
        if table is not None:
            self._export(table, "csv", as_csv(table))

    def action_table_export_json(self) -> None:
        table = self._seen()
        if table is not None:
            self._export(table, "json", as_json(table.shown))

    def _seen(self) -> Table | None:
        table = self.table_in_sight()
        if table is None:
            self.notify("There is no table in sight.", severity="warning")
        return table

    def _chosen_rows(self) -> tuple[Row, ...]:
        table = self.table_in_sight()
        return table.chosen if table is not None else ()

    def _export(self, table: Table, kind: str, text: str) -> None:
        stamp = self.dashboard.surroundings.now().strftime("%Y%m%dT%H%M%SZ")
        file = self.dashboard.surroundings.exports / f"spectron-{self.AREA}-{stamp}.{kind}"
        try:
            file.write_text(text, "utf-8")
        except OSError as error:
            self.notify(f"Can't write {file}: {error.strerror}.", severity="error", markup=False)
        else:
            self.notify(f"{len(table.shown)} rows are in {file}.", markup=False)

    def _copy(self, text: str, what: str) -> None:
        if not text:
            self.notify("There is no row to copy.", severity="warning")
            return
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied {what}.", markup=False)


def as_csv(table: Table) -> str:
    """The rows that are shown, with the columns that were picked, else all; no cell is one that a spreadsheet runs."""
    columns = [*table.drawn] if table.picked is not None else [*range(len(table.columns))]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns[index].label for index in columns)
    writer.writerows([_harmless(row.cells[index]) for index in columns] for row in table.shown)
    return out.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps([plain(row.document) for row in rows], indent=2) + "\n"


def plain(document: Any) -> Any:
    """The record as the server sent it."""
    if isinstance(document, Record):
        return document.raw
    return TypeAdapter(Any).dump_python(document, mode="json")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
