"""The one moment in which a secret is on the screen."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.widgets.plain import Plain


class Secret(Dialog[None]):
    """Shows a new key's secret until it is closed; nothing keeps it afterwards."""

    AUTO_FOCUS = "#copy"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy", "Copy", id="secret.copy")]

    def __init__(self, name: str, secret: str) -> None:
        super().__init__()
        self._name = name
        self._secret = secret

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Plain(f"The secret of {self._name}", classes="title")
            yield Plain(self._secret, id="secret")
            yield Plain("\nIt is shown once. Whoever has it can act as this key.")
            with Horizontal():
                yield Button("Copy (c)", id="copy", variant="primary")
                yield Button("Close", id="close")

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._secret)
        self.notify("Copied the secret to the clipboard.")

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)
