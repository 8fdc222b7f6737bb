"""A screen whose main part is a table."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from pydantic import TypeAdapter
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from spectron.models.record import Record
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.screens.live import LiveScreen
from spectron_tui.widgets.rows import Row
from spectron_tui.widgets.table import Table

SnapshotT = TypeVar("SnapshotT")


class TabledScreen(LiveScreen[SnapshotT]):
    """Filter, sort, mark, copy and export."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.TABLE))

    DEFAULT_CSS = """
    TabledScreen #filter { display: none; height: 1; border: none; padding: 0 1; }
    TabledScreen #filter.open { display: block; }
    """

    def __init__(self, empty: SnapshotT, table: Table, *, filter: str = "") -> None:
        super().__init__(empty)
        self.table = table
        self._first_filter = filter

    def main(self) -> Table:
        return self.table

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
        self.table.look(replace(self.table.view, filter=event.value))

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self.table.focus()

    def clear_filter(self) -> bool:
        """Whether there was a filter to take away."""
        line = self.query_one("#filter", Input)
        if not line.has_class("open"):
            return False
        line.value = ""
        line.remove_class("open")
        self.table.focus()
        return True

    def action_table_filter(self) -> None:
        line = self.query_one("#filter", Input)
        line.add_class("open")
        line.focus()

    def action_table_sort(self) -> None:
        self.table.look(self.table.view.sorted_by_next(len(self.table.columns)))

    def action_table_reverse(self) -> None:
        self.table.look(replace(self.table.view, reverse=not self.table.view.reverse))

    def action_table_copy_id(self) -> None:
        rows = self.table.chosen
        self._copy("\n".join(row.key for row in rows), f"{len(rows)} id{'s' if len(rows) != 1 else ''}")

    def action_table_copy_json(self) -> None:
        rows = self.table.chosen
        documents = [plain(row.document) for row in rows]
        self._copy(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2), "JSON")

    def action_table_mark(self) -> None:
        self.table.toggle_mark()

    def action_table_export_csv(self) -> None:
        self._export("csv", as_csv([column.label for column in self.table.columns], self.table.shown))

    def action_table_export_json(self) -> None:
        self._export("json", as_json(self.table.shown))

    def _export(self, kind: str, text: str) -> None:
        stamp = self.dashboard.surroundings.now().strftime("%Y%m%dT%H%M%SZ")
        file = self.dashboard.surroundings.exports / f"spectron-{self.AREA}-{stamp}.{kind}"
        try:
            file.write_text(text, "utf-8")
        except OSError as error:
            self.notify(f"Can't write {file}: {error.strerror}.", severity="error", markup=False)
        else:
            self.notify(f"{len(self.table.shown)} rows are in {file}.", markup=False)

    def _copy(self, text: str, what: str) -> None:
        if not text:
            self.notify("There is no row to copy.", severity="warning")
            return
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied {what}.", markup=False)


def as_csv(headings: Sequence[str], rows: Sequence[Row]) -> str:
    """The rows as they are shown; a cell that a spreadsheet would run is written as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([_harmless(cell) for cell in row.cells] for row in rows)
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
