"""A command that is at work, with what it says."""

from datetime import datetime
from itertools import islice

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Log

from spectron.terminal.tables import plain, size
from spectron_tui.programs.run import Part, Run
from spectron_tui.sheets.outcome import words
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.spark import meter
from spectron_tui.wording import ago

BAR = 8


class Pane(Vertical):
    """One run: what it is, how far, and its output, followed to the end."""

    DEFAULT_CSS = """
    Pane { height: 9; border-top: solid $panel; }
    Pane #run { height: auto; padding: 0 1; text-style: bold; }
    Pane Log { height: 1fr; padding: 0 1; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._run: Run | None = None
        self._seen = 0
        self._told = False
        self._early: tuple[Run, datetime] | None = None
        self._headline = Plain(id="run")
        self._log = Log(max_lines=20_000)

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._log

    def on_mount(self) -> None:
        if self._early is not None:
            self.tell(*self._early)

    def tell(self, run: Run | None, now: datetime) -> None:
        """Show what is new of this run; without one there is no pane."""
        self.display = run is not None
        if run is None:
            return
        if not self._log.is_mounted:
            self._early = run, now
            return
        log = self._log
        if run is not self._run:
            self._run, self._seen, self._told = run, 0, False
            log.clear()
        self._headline.say(headline(run, now))
        fresh = min(run.said - self._seen, len(run.lines))
        if fresh and "--json" not in run.command.words:
            log.write_lines([plain(line.text) for line in islice(run.lines, len(run.lines) - fresh, None)])
        self._seen = run.said
        if run.ended and not self._told:
            self._told = True
            log.write_lines([plain(line) for line in last_words(run)])


def last_words(run: Run) -> list[str]:
    """What stays to be said at its end: the result of a command that answers in JSON, or why it never began."""
    if run.problem is not None:
        return [run.problem]
    if "--json" not in run.command.words:
        return []
    result = words(run)
    said = [line.text for line in run.lines if result is None or line.stream == "err"]
    return [*(result.splitlines() if result is not None else []), *said]


def headline(run: Run, now: datetime) -> str:
    """Its purpose, how long it takes, and its exit code."""
    took = ago(run.seconds(now))
    if not run.ended:
        return f"▶ {run.command.purpose} · {took} · {progress(run.part)}"
    if run.problem is not None:
        return f"✗ {run.command.purpose} · not done"
    return f"{'✓' if run.done else '✗'} {run.command.purpose} · exit code {run.exit_code} after {took}"


def progress(part: Part | None) -> str:
    """How far the part is that is at work."""
    if part is None:
        return "at work …"
    if not part.expected:
        return f"{part.name} {size(part.done)}"
    return f"{part.name} {meter(part.done, part.expected, BAR)} {part.done / part.expected:.0%}"
