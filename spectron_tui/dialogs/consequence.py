"""What will happen, as long as it may be, between a title and buttons that stay in sight."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from spectron_tui.widgets.plain import Plain


class Consequence(VerticalScroll, can_focus=False):
    """Its dialog scrolls it, so that the focus can stay where the answer is given."""

    DEFAULT_CSS = "Consequence { height: auto; max-height: 40vh; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        yield Plain(self._text)
