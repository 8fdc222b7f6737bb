"""Something to read, which Escape closes."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.widgets.plain import Plain


class Sheet(Dialog[None]):
    """A title and a text that can be longer than the screen."""

    DEFAULT_CSS = "Sheet > VerticalScroll { width: 90%; max-width: 120; }"

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Plain(self._title, classes="title")
            yield Plain(self._text, id="text")
            yield Plain("\nEscape closes this.")
