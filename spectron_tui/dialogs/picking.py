"""Several of several."""

from collections.abc import Collection, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, SelectionList
from textual.widgets.selection_list import Selection

from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.widgets.plain import Plain


class Picking(Dialog[frozenset[str] | None]):
    """Answers the ids that were picked, at least one, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", show=False, priority=True, id="picking.take")]

    def __init__(self, title: str, names: Mapping[str, str], picked: Collection[str]) -> None:
        super().__init__()
        self._title = title
        self._names = names
        self._picked = picked

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Plain(self._title, classes="title")
            yield SelectionList(*(Selection(label, name, name in self._picked) for name, label in self._names.items()))
            yield Plain("Space picks or leaves out, Enter takes it.")
            with Horizontal():
                yield Button("Cancel", id="cancel")
                yield Button("Take", id="go", variant="primary")

    def on_mount(self) -> None:
        self.query_one(SelectionList).focus()

    @on(Button.Pressed, "#go")
    def action_take(self) -> None:
        if getattr(self.focused, "id", None) == "cancel":
            self.dismiss(None)
            return
        picked = frozenset(self.query_one(SelectionList).selected)
        if picked:
            self.dismiss(picked)
        else:
            self.notify("Pick at least one.", severity="warning")

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
