"""Every key that works on the screen below."""

from collections.abc import Iterable, Mapping

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.keys import format_key
from textual.widgets import Static

from spectron_tui.actions.action import NEAREST_FIRST, Action, Area
from spectron_tui.dialogs.dialog import Dialog

MOVING = """
↑ ↓ or k j move by a row, PgUp PgDn by a page, g G to the ends; ← → open the tab beside, Tab goes to the next part."""


class Help(Dialog[None]):
    """Built from the actions and the keys in force."""

    DEFAULT_CSS = "Help > VerticalScroll { width: 78; }"

    def __init__(self, actions: Iterable[Action], keys: Mapping[str, str], *, writes: bool) -> None:
        super().__init__()
        self._actions = tuple(actions)
        self._keys = keys
        self._writes = writes

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("Keys that work here", classes="title")
            yield Static(self._sheet())
            yield Static(Text(MOVING, style="dim"))
            yield Static(Text("\n✎ changes something. " + self._leave(), style="dim"))

    def _leave(self) -> str:
        return "Escape closes this." if self._writes else "Read-only: start with --write to do it. Escape closes this."

    def _sheet(self) -> Table:
        sheet = Table.grid(padding=(0, 2))
        for area in sorted(Area, key=lambda area: NEAREST_FIRST.get(area, 0)):
            for action in self._actions:
                if action.area is area:
                    keys = self._keys.get(action.id, ",".join(action.keys)).split(",")
                    sign = "✎" if action.changes else " "
                    shown = " ".join(format_key(key) for key in keys)
                    style = "dim" if action.changes and not self._writes else ""
                    sheet.add_row(
                        Text(shown, style="bold"), Text(f"{sign} {action.label}"), Text(action.help), style=style
                    )
        return sheet
