"""One runbook: read, with its commands copied or run from within the page."""

import re
from collections.abc import Iterator
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Markdown

from runbooks.page import Page
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.programs.command import Command
from spectron_tui.programs.run import Run
from spectron_tui.programs.variables import asked_for, filled_in, is_secret, known
from spectron_tui.screens.live import LiveScreen
from spectron_tui.screens.output import OutputScreen
from spectron_tui.screens.runlog import RunLogScreen
from spectron_tui.widgets.pane import Pane
from spectron_tui.widgets.step import Step

FENCES = re.compile(r"^```(.*)$", re.MULTILINE)
TYPED = frozenset({"sh", "sh change"})
SHELL = "sh"


class RunbookScreen(LiveScreen[Page]):
    """The page; Tab goes from command to command."""

    AREA = Area.RUNBOOK
    EVERY = 30.0
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.RUNBOOK))
    DEFAULT_CSS = """
    RunbookScreen #page { height: 1fr; }
    RunbookScreen Markdown { margin: 0; padding: 0 2; }
    RunbookScreen MarkdownH1 { margin: 0; content-align: left middle; }
    RunbookScreen MarkdownH2 { margin: 0; }
    RunbookScreen MarkdownFence { margin: 0 0 1 0; }
    RunbookScreen Pane { height: 40%; min-height: 6; }
    """

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.page = page
        self._runs: dict[int, Run] = {}

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Markdown(f"# {self.page.title}", open_links=False)
            yield from self._sections()
        yield Pane(id="pane")

    def main(self) -> VerticalScroll:
        return self.query_one("#page", VerticalScroll)

    async def observe(self) -> Page:
        return self.page

    def failed(self) -> bool:
        return False

    def reached(self) -> None:
        """The page comes with the dashboard; no server was asked."""

    def show(self) -> None:
        self.runs_moved()

    def runs_moved(self) -> None:
        now = self.dashboard.surroundings.now()
        for index, step in enumerate(self.query(Step)):
            step.tell(self._runs.get(index), now)
        self.query_one(Pane).tell(self._last(), now)

    @on(Markdown.LinkClicked)
    def _follow(self, event: Markdown.LinkClicked) -> None:
        """A link to another page opens it."""
        self.dashboard.open_runbook(event.href.removesuffix(".md"))

    def action_runbook_copy(self) -> None:
        step = self._step()
        if step is not None:
            self.app.copy_to_clipboard(filled_in(step.command.text, self._known() | self.dashboard.desk.filled))
            self.notify("Copied the command.")

    @on(Step.Chosen)
    @work(exclusive=True, group="change")
    async def action_runbook_run(self) -> None:
        step = self._step()
        if step is None:
            return
        if step.command.changes and not self.dashboard.surroundings.writes:
            self.notify(
                "It changes something. Start with --write to run it here, or copy it with y.", severity="warning"
            )
            return
        values = await self._filled(step)
        if values is None:
            return
        shown = filled_in(step.command.text, values)
        if step.command.changes:
            question = Asking(
                "Run this command?", f"{shown}\n\nIt changes something; its output is shown below.", "Run"
            )
            if not await self.app.push_screen_wait(question):
                return
        command = Command((SHELL, "-c", step.command.text), step.command.text.splitlines()[0], step.command.changes)
        run = self.dashboard.desk.start(command, page=self.page.slug, values=values, shown=shown)
        self._runs[[*self.query(Step)].index(step)] = run
        self.runs_moved()

    def action_runbook_output(self) -> None:
        run = self._last()
        if run is None:
            self.notify("Nothing of this page was run yet.", severity="warning")
        else:
            self.app.push_screen(OutputScreen(run))

    @work(exclusive=True, group="change")
    async def action_runbook_end(self) -> None:
        run = self._last()
        if run is None or run.ended:
            self.notify("Nothing is at work.", severity="warning")
        elif await self.app.push_screen_wait(Asking("End it?", run.shown, "End it")):
            await self.dashboard.desk.runs.end(run)

    def action_runbook_log(self) -> None:
        self.app.push_screen(RunLogScreen())

    async def _filled(self, step: Step) -> dict[str, str] | None:
        """The values of the command's variables, asked for where the dashboard can't be sure."""
        names = asked_for(step.command, self.dashboard.desk.environ())
        if not names:
            return {}
        before = self._known() | self.dashboard.desk.filled
        fields = [Field(name, f"${name}", value=before.get(name, ""), secret=is_secret(name)) for name in names]
        given = await self.app.push_screen_wait(Form("Fill in", fields, "Go on", starting_with_a_dash))
        if given is not None:
            self.dashboard.desk.filled.update({name: value for name, value in given.items() if not is_secret(name)})
        return given

    def _known(self) -> dict[str, str]:
        dashboard = self.dashboard
        return known(dashboard.desk.environ(), dashboard.desk.repository, dashboard.target.context)

    def _step(self) -> Step | None:
        """The command that has the focus; without one, the first that can be seen."""
        steps = [*self.query(Step)]
        focused = next((step for step in steps if step.has_focus), None)
        seen = self.query_one("#page").region
        return focused or next((step for step in steps if step.region.overlaps(seen)), steps[0] if steps else None)

    def _last(self) -> Run | None:
        return next((run for run in reversed(self.dashboard.desk.runs.log) if run.page == self.page.slug), None)

    def _sections(self) -> Iterator[Widget]:
        commands = iter(self.page.commands)
        for section in self.page.sections:
            yield Markdown(f"## {section.heading}", open_links=False)
            before, *rest = FENCES.split(section.text)
            yield from _prose(before)
            for info, block, after in zip(rest[0::4], rest[1::4], rest[3::4], strict=True):
                if info.strip() in TYPED:
                    yield Step(next(commands))
                else:
                    yield Markdown(f"Then:\n\n```\n{block.strip()}\n```", open_links=False)
                yield from _prose(after)


def _prose(text: str) -> Iterator[Widget]:
    if text.strip():
        yield Markdown(text.strip(), open_links=False)


def starting_with_a_dash(given: dict[str, str]) -> str | None:
    """A value that a program would take for an option is refused."""
    wrong = next((name for name, value in given.items() if value.startswith("-")), None)
    return f"${wrong} can't begin with a dash: the program would take it for an option." if wrong else None
