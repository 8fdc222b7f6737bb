"""A table that draws only what is seen, so that ten thousand rows cost no more than twenty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from spectron.terminal.tables import plain
from spectron_tui.widgets.rows import Column, Row, View

GAP = 2
MARK = "✓ "
HEADINGS = 1
DOUBLE = 2
NARROW = 100
LEAST, MOST = 8, 48
"""How wide a column without a width of its own is; the last one of a table takes all that is left."""


class Table(ScrollView, can_focus=True):
    """Keeps cursor, marks, filter, sort and scroll by the rows' keys from refresh to refresh."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--heading", "table--cursor", "table--marked", "table--muted"}
    DEFAULT_CSS = """
    Table { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: scroll; }
    Table > .table--heading { text-style: bold underline; }
    Table > .table--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
    Table:focus > .table--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    Table > .table--marked { text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "to(0)", "First", show=False),
        Binding("end,G", "to(-1)", "Last", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        table: "Table"
        row: Row | None

        @property
        def control(self) -> "Table":
            return self.table

    @dataclass
    class Opened(Message):
        """A row was chosen with the mouse, twice."""

        table: "Table"
        row: Row

        @property
        def control(self) -> "Table":
            return self.table

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.view = View()
        self.marked: frozenset[str] = frozenset()
        self.picked: frozenset[str] | None = None
        """The ids of the columns that an operator wants; None leaves it to the width."""
        self.rows: tuple[Row, ...] = ()
        self.shown: tuple[Row, ...] = ()

    @property
    def row(self) -> Row | None:
        """The row that the cursor stands on."""
        return self.shown[self.cursor] if 0 <= self.cursor < len(self.shown) else None

    @property
    def chosen(self) -> tuple[Row, ...]:
        """The rows that are marked; with none marked, the one under the cursor."""
        marked = tuple(row for row in self.rows if row.key in self.marked)
        return marked or ((self.row,) if self.row else ())

    def apply(self, rows: Sequence[Row]) -> None:
        """Show newer rows; what the operator looked at stays where it was."""
        fresh = tuple(rows)
        if fresh == self.rows:
            self.rows = fresh
            self.shown = self.view.of(fresh)
            return
        self.rows = fresh
        self.marked &= {row.key for row in fresh}
        self._rearrange()

    def look(self, view: View) -> None:
        """Filter or sort in another way."""
        self.view = view
        self._rearrange()

    @property
    def drawn(self) -> tuple[int, ...]:
        """Which columns are drawn: those that were picked, else those that there is room for."""
        return tuple(
            index
            for index, column in enumerate(self.columns)
            if (column.id in self.picked if self.picked is not None else column.from_width <= self.size.width)
        )

    def pick(self, columns: Iterable[str] | None) -> None:
        """Draw these columns and no others; with None, those that there is room for."""
        self.picked = None if columns is None else frozenset(columns)
        self._measure()

    def toggle_mark(self) -> None:
        if self.row is not None:
            self.marked ^= {self.row.key}
            self.action_move(1)
            self.refresh()

    def find(self, key: str) -> bool:
        """Put the cursor on the row of that key, if it is shown."""
        for index, row in enumerate(self.shown):
            if row.key == key:
                self.cursor = index
                return True
        return False

    def action_move(self, by: int) -> None:
        self._to(self.cursor + by)

    def action_page(self, pages: int) -> None:
        self._to(self.cursor + pages * max(1, self.size.height - HEADINGS - 1))

    def action_to(self, index: int) -> None:
        self._to(index if index >= 0 else len(self.shown) - 1)

    def watch_cursor(self) -> None:
        self.scroll_to_region(
            Region(0, self.cursor, max(1, self.size.width), 1 + HEADINGS), animate=False, force=True, x_axis=False
        )
        self.refresh()
        self.post_message(self.Moved(self, self.row))

    def on_click(self, event: events.Click) -> None:
        line = event.y
        if line < HEADINGS:
            self._sort_at(event.x + int(self.scroll_offset.x))
            return
        index = line - HEADINGS + int(self.scroll_offset.y)
        if index >= len(self.shown):
            return
        self._to(index)
        if event.chain >= DOUBLE and self.row is not None:
            self.post_message(self.Opened(self, self.row))

    def on_resize(self) -> None:
        self._measure()

    def render_line(self, y: int) -> Strip:
        left = int(self.scroll_offset.x)
        widths = self._widths()
        if y < HEADINGS:
            style = self.get_component_rich_style("table--heading")
            text, after = self._line(self._headings(), widths), self.rich_style
        else:
            text, style = self._row_line(y - HEADINGS + int(self.scroll_offset.y), widths)
            after = style
        return Strip([Segment(text, style)]).crop_extend(left, left + self.size.width, after)

    def _row_line(self, index: int, widths: tuple[int, ...]) -> tuple[str, Style]:
        if index >= len(self.shown):
            return "", self.rich_style
        row = self.shown[index]
        style = self.rich_style + Style.parse(row.style) if row.style else self.rich_style
        marked = row.key in self.marked
        if marked:
            style += self.get_component_rich_style("table--marked", partial=True)
        if index == self.cursor:
            style = self.get_component_rich_style("table--cursor")
        lead = MARK if marked else " " * len(MARK)
        return lead + self._line(row.cells, widths)[len(MARK) :], style

    def _headings(self) -> tuple[str, ...]:
        arrow = "▼" if self.view.reverse else "▲"
        return tuple(
            f"{column.label} {arrow}" if index == self.view.sort else column.label
            for index, column in enumerate(self.columns)
        )

    def _line(self, cells: Sequence[str], widths: tuple[int, ...]) -> str:
        parts = [
            _fitted(cell, width, right=column.right)
            for cell, width, column in zip(cells, widths, self.columns, strict=True)
            if width
        ]
        return " " * len(MARK) + (" " * GAP).join(parts)

    def _widths(self) -> tuple[int, ...]:
        """Of each column; nothing for one that is not drawn."""
        room = self.scrollable_content_region.width
        drawn = {index: self._fixed(self.columns[index]) for index in self.drawn}
        taken = len(MARK) + GAP * (len(drawn) - 1) + sum(drawn.values())
        open_ones = sum(not width for width in drawn.values())
        left = max(LEAST, (room - taken) // open_ones) if open_ones else 0
        last_is_open = bool(drawn) and not drawn[max(drawn)]
        bounded = left if last_is_open else min(left, MOST)
        return tuple((drawn[index] or bounded) if index in drawn else 0 for index in range(len(self.columns)))

    def _fixed(self, column: Column) -> int:
        """How wide it is, or nothing where that depends on the others."""
        return (column.narrow if self.size.width < NARROW else None) or column.width or 0

    def _sort_at(self, x: int) -> None:
        edge = len(MARK)
        for index, width in enumerate(self._widths()):
            if not width:
                continue
            edge += width + GAP
            if x < edge:
                again = self.view.sort == index
                self.look(replace(self.view, sort=index, reverse=again and not self.view.reverse))
                return

    def _rearrange(self) -> None:
        key = self.row.key if self.row else None
        self.shown = self.view.of(self.rows)
        self._measure()
        if key is None or not self.find(key):
            self._to(min(self.cursor, len(self.shown) - 1))
        self.refresh()
        self.post_message(self.Moved(self, self.row))

    def _measure(self) -> None:
        widths = [width for width in self._widths() if width]
        width = len(MARK) + GAP * (len(widths) - 1) + sum(widths)
        self.virtual_size = Size(width, len(self.shown) + HEADINGS)
        self.refresh()

    def _to(self, index: int) -> None:
        self.cursor = max(0, min(index, len(self.shown) - 1))


def _fitted(text: str, width: int, *, right: bool) -> str:
    line = plain(text).replace("\n", " ").replace("\t", " ")
    size = cell_len(line)
    if size > width:
        return set_cell_size(line, width - 1) + "…"
    return " " * (width - size) + line if right else set_cell_size(line, width)
