"""The whole output of a command, while it is at work and afterwards."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Log

from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.programs.programs import Stream
from spectron_tui.programs.run import Run
from spectron_tui.screens.live import LiveScreen
from spectron_tui.widgets.pane import Pane, last_words


class OutputScreen(LiveScreen[Run]):
    """One run, as high as the screen."""

    AREA = Area.OUTPUT
    EVERY = 2.0
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.OUTPUT))
    DEFAULT_CSS = "OutputScreen Pane { height: 1fr; border: none; }"

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._pane = Pane()

    def body(self) -> ComposeResult:
        yield self._pane

    def main(self) -> Log:
        return self._pane.query_one(Log)

    async def observe(self) -> Run:
        return self.snapshot

    def failed(self) -> bool:
        return False

    def reached(self) -> None:
        """No server was asked."""

    def show(self) -> None:
        self._pane.tell(self.snapshot, self.dashboard.surroundings.now())

    def runs_moved(self) -> None:
        self.show()

    def action_output_copy(self) -> None:
        run = self.snapshot
        said = last_words(run) if "--json" in run.command.words else [line.text for line in run.lines]
        self.app.copy_to_clipboard("\n".join([f"$ {run.command}", *said]))
        self.notify("Copied the command with its output.")

    def action_output_copy_json(self) -> None:
        self.app.copy_to_clipboard(self.snapshot.output(Stream.OUT))
        self.notify("Copied what it wrote to standard output.")
