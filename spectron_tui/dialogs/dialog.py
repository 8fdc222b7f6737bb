"""A box in the middle; Escape is always Cancel."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from spectron_tui.dialogs.consequence import Consequence

ResultT = TypeVar("ResultT")


class Dialog(ModalScreen[ResultT]):
    """What all questions share."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
        # Before the focused widget has them: what is typed right after them is meant for the next one already.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("up", "read(-1)", show=False),
        Binding("down", "read(1)", show=False),
        Binding("pageup", "read(-5)", show=False),
        Binding("pagedown", "read(5)", show=False),
    ]
    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > Vertical, Dialog > VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; overflow-y: auto;
        background: $surface; border: round $primary;
    }
    Dialog .title { text-style: bold; margin-bottom: 1; }
    Dialog .wrong { color: $error; height: auto; }
    Dialog Horizontal { height: auto; align-horizontal: right; margin-top: 1; }
    Dialog Button { margin-left: 2; }
    Dialog Input { height: 1; border: none; padding: 0 1; background: $panel; margin-bottom: 1; }
    Dialog Input:focus { border: none; background: $boost; text-style: underline; }
    """

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_read(self, lines: int) -> None:
        """Go on in what will happen, where it is longer than its place."""
        for text in self.query(Consequence):
            text.scroll_relative(y=lines, animate=False)
