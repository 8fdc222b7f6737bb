"""One of several."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from spectron.terminal.tables import plain
from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.widgets.plain import Plain


class Choice(Dialog[str | None]):
    """Answers the name that was chosen, or None."""

    def __init__(self, title: str, names: Sequence[str], current: str | None) -> None:
        super().__init__()
        self._title = title
        self._names = tuple(names)
        self._current = current

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Plain(self._title, classes="title")
            yield OptionList(*(Option(self._line(name), id=name) for name in self._names), markup=False)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = self._names.index(self._current) if self._current in self._names else 0
        options.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def _line(self, name: str) -> str:
        return plain(f"● {name}" if name == self._current else f"  {name}")
