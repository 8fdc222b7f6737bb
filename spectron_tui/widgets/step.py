"""A command within a page: it takes the focus, and says how its last run ended."""

from dataclasses import dataclass
from datetime import datetime

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget

from runbooks.page import Command
from spectron_tui.programs.run import Run
from spectron_tui.wording import age

DOUBLE = 2


class Step(Widget, can_focus=True):
    """What is typed, whether it changes anything, and what became of it."""

    DEFAULT_CSS = """
    Step { height: auto; margin: 0 2 1 2; padding: 0 1; background: $panel; border-left: thick $panel; }
    Step:focus { border-left: thick $accent; background: $boost; }
    """

    @dataclass
    class Chosen(Message):
        """It was clicked twice."""

        step: "Step"

        @property
        def control(self) -> "Step":
            return self.step

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command
        self._said = ""

    def tell(self, run: Run | None, now: datetime) -> None:
        """Show how it went the last time."""
        said = "" if run is None else _ended(run, now)
        if said != self._said:
            self._said = said
            self.refresh(layout=True)

    def render(self) -> RenderResult:
        text = Text(f"$ {self.command.text}", style="bold")
        if self.command.changes:
            text.append("\n✎ changes something", style="italic")
        if self._said:
            text.append(f"\n{self._said}")
        return text

    def on_click(self, event: events.Click) -> None:
        if event.chain >= DOUBLE:
            self.post_message(self.Chosen(self))


def _ended(run: Run, now: datetime) -> str:
    if not run.ended:
        return "▶ at work …"
    if run.problem is not None:
        return f"✗ {run.problem}"
    return f"{'✓' if run.done else '✗'} exit code {run.exit_code}, {age(run.ended_at, now)} ago"
