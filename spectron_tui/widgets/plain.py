"""Text of a server, or of whoever writes to it, on the screen: nothing in it reaches the terminal as a command."""

from textual.widgets import Static

from spectron.terminal.tables import plain


class Plain(Static):
    """Shows a text as it is, control characters spelled out, without markup."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(plain(text), id=id, classes=classes, markup=False)

    def say(self, text: str) -> None:
        """Show another text."""
        shown = plain(text)
        if shown != self.content:
            self.update(shown)
            # Of two changes before the screen is laid out, only the first would be measured, and the text be cut.
            self.call_later(self.refresh, layout=True)
