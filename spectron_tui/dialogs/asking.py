"""A question with yes and no."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from spectron_tui.dialogs.consequence import Consequence
from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.widgets.plain import Plain


class Asking(Dialog[bool]):
    """Says what will happen; Cancel has the focus."""

    AUTO_FOCUS = "#cancel"

    def __init__(self, title: str, consequence: str, verb: str) -> None:
        super().__init__()
        self._title = title
        self._consequence = consequence
        self._verb = verb

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Plain(self._title, classes="title")
            yield Consequence(self._consequence)
            with Horizontal():
                yield Button("Cancel", id="cancel")
                yield Button(self._verb, id="go", variant="warning")

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")
