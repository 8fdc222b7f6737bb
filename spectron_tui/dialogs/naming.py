"""The question before something is destroyed."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input

from spectron_tui.dialogs.consequence import Consequence
from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.widgets.plain import Plain


class Naming(Dialog[bool]):
    """Shows what goes and what stays, and goes on only when the exact name is typed; Cancel has the focus."""

    AUTO_FOCUS = "#cancel"

    def __init__(self, title: str, consequence: str, name: str, verb: str) -> None:
        super().__init__()
        self._title = title
        self._consequence = consequence
        self._name = name
        self._verb = verb

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Plain(self._title, classes="title")
            yield Consequence(self._consequence)
            yield Plain(f"\nType {self._name} to go on:")
            yield Input(id="name")
            with Horizontal():
                yield Button("Cancel", id="cancel")
                yield Button(self._verb, id="go", variant="error", disabled=True)

    @on(Input.Changed, "#name")
    def _compare(self, event: Input.Changed) -> None:
        self.query_one("#go", Button).disabled = event.value != self._name

    @on(Input.Submitted, "#name")
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        if self.query_one("#name", Input).value == self._name:
            self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(False)
