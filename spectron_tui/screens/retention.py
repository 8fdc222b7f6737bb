"""What is kept for how long, what an edit would change, and what past sweeps took."""

from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer
from textual.widgets import TabbedContent, TabPane, TextArea

from spectron.errors import SpectronError
from spectron.models.context import Context
from spectron.models.record import Page
from spectron.models.retention import Sweep
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.dialogs.naming import Naming
from spectron_tui.feed.keeping import Keeping, observe
from spectron_tui.feed.panel import Panel
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.sheets.context import retention
from spectron_tui.sheets.policies import as_text, impact, parsed, swept, with_policy
from spectron_tui.transport.noting import noting
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.table import Table
from spectron_tui.wording import age, number

SWEEPS = (
    Column("when", "When", 5, right=True),
    Column("state", "State", 11),
    Column("deleted", "Deleted", 9, right=True),
    Column("contexts", "Contexts"),
)
CATEGORIES = ("identity", "knowledge", "context", "instructions", "unknowns")
POLICY = (
    Field("category", f"Category: {', '.join(CATEGORIES)}", "context"),
    Field("ttl", "Time to live: 30d, 4w, 1y, indefinite; nothing takes the policy away", "30d", required=False),
    Field("scope", "Scope", "org/acme/user/alice", required=False),
)
NO_CONTEXT = "There is no Context yet. Press 2, then n, to create one."
PAUSE = 0.4
"""Seconds without a key before an edit is previewed."""


class RetentionScreen(TabledScreen[Keeping]):
    """One Context's policies; the impact of an edit stands beside it as it is typed."""

    AREA = Area.RETENTION
    EVERY = 10.0
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.RETENTION))
    DEFAULT_CSS = """
    RetentionScreen TabbedContent, RetentionScreen TabPane { height: 1fr; padding: 0; }
    RetentionScreen #force { padding: 0 1; }
    RetentionScreen Horizontal { height: 1fr; }
    RetentionScreen TextArea { width: 2fr; min-width: 30; border: none; }
    RetentionScreen VerticalScroll { width: 3fr; padding: 0 1; }
    """

    def __init__(self, *, filter: str = "") -> None:
        self._sweeps = Table(SWEEPS, id="sweeps")
        super().__init__(Keeping(), self._sweeps, filter=filter)
        self.context_id: str | None = None
        self._editor = TextArea(id="editor", show_line_numbers=True)
        self._untouched = ""
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        yield Notice("the policies", empty="", id="notice")
        with TabbedContent(id="tabs"):
            with TabPane("In force", id="in-force"), VerticalScroll():
                yield Plain(id="force")
            with TabPane("Edit and impact", id="edit"), Horizontal():
                yield self._editor
                with VerticalScroll():
                    yield Plain("What an edit would change stands here.", id="impact")
            with TabPane("Sweeps", id="past"):
                yield self._sweeps
                yield Notice("the sweeps", empty="Nothing was swept yet.", id="sweeps-notice")
        yield from self.filter_line()

    def main(self) -> TabbedContent:
        return self.query_one("#tabs", TabbedContent)

    async def observe(self) -> Keeping:
        dashboard = self.dashboard
        now = dashboard.surroundings.now()
        chosen = await self._named(now)
        if chosen.value is None:
            return Keeping(Panel(error=chosen.error, absent=NO_CONTEXT))
        before = self.snapshot if chosen.value == self.context_id else Keeping()
        self.context_id = chosen.value
        return await observe(dashboard.admin, before, chosen.value, now)

    def failed(self) -> bool:
        return self.snapshot.policies.error is not None

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        seen = self.snapshot
        self.query_one("#notice", Notice).tell(seen.policies, now)
        self.query_one("#sweeps-notice", Notice).tell(seen.sweeps, now)
        where = f"{self.context_id} (ctrl+k for another)\n\n" if self.context_id else ""
        shown = seen.policies.value is not None
        self.query_one("#force", Plain).say(where + retention(seen.policies) if shown else where)
        self._sweeps.apply([sweep_row(index, sweep, now) for index, sweep in enumerate(seen.sweeps.value or ())])
        policies = seen.policies.value
        if policies is not None and self._editor.text == self._untouched:
            self._untouched = as_text(policies.policies)
            if self._editor.text != self._untouched:
                self._editor.load_text(self._untouched)

    @on(TextArea.Changed)
    def _wait_for_the_end_of_typing(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._editor.text != self._untouched:
            self._timer = self.set_timer(PAUSE, self._preview)

    @work(exclusive=True, group="preview")
    async def _preview(self) -> None:
        shown = self.query_one("#impact", Plain)
        try:
            policies = parsed(self._editor.text)
            shown.say("◌ Asking what that would change …")
            preview = await self.dashboard.admin.contexts(self.context_id or "").retention.preview(policies)
        except SpectronError as error:
            shown.say(f"✗ {error}")
        else:
            shown.say(impact(preview))

    def action_retention_edit(self) -> None:
        self.main().active = "edit"
        self._editor.move_cursor(self._editor.document.end)
        self._editor.focus()

    @work(exclusive=True, group="choose")
    async def action_retention_form(self) -> None:
        given = await self.app.push_screen_wait(Form("A policy", POLICY, "Preview", malformed))
        if given is None:
            return
        try:
            text = with_policy(self._editor.text, given["category"], given["ttl"], given["scope"].strip("/"))
        except SpectronError as error:
            self.dashboard.report(error)
            return
        self.action_retention_edit()
        self._editor.load_text(text)

    @work(exclusive=True, group="change")
    async def action_retention_apply(self) -> None:
        handle = self.dashboard.admin.contexts(self.context_id or "").retention
        try:
            policies = parsed(self._editor.text)
            preview = await handle.preview(policies)
            name = self.context_id or ""
            if await self.app.push_screen_wait(Naming(f"Apply to {name}?", impact(preview), name, "Apply")):
                self._untouched = self._editor.text
                with noting() as requests:
                    await handle.set(policies)
                await self.dashboard.tell_of_change(f"The policies of {name} are in force.", name, requests)
        except SpectronError as error:
            self.dashboard.report(error)
        self.ask()

    @work(exclusive=True, group="change")
    async def action_retention_sweep(self) -> None:
        name = self.context_id
        if name is None:
            return
        lifecycle = self.dashboard.admin.lifecycle
        try:
            due = await lifecycle.expire(dry_run=True, contexts=[name])
            if not due.deleted_count:
                self.notify("Nothing is due.")
            elif await self.app.push_screen_wait(Naming(f"Sweep {name} now?", swept(due), name, "Sweep")):
                with noting() as requests:
                    done = await lifecycle.expire(contexts=[name])
                await self.dashboard.tell_of_change(f"Swept {number(done.deleted_count)} records.", name, requests)
        except SpectronError as error:
            self.dashboard.report(error)
        self.ask()

    async def _named(self, now: datetime) -> Panel[str]:
        """The Context that is looked at: the one that was chosen, else the first of the server."""
        chosen = self.dashboard.target.context or self.context_id
        if chosen is not None:
            return Panel(chosen, now)
        first = await Panel[Page[Context]]().refreshed(lambda: self.dashboard.admin.contexts.list(limit=1), now)
        return Panel(next((context.id for context in first.value or ()), None), first.taken_at, first.error)


def sweep_row(index: int, sweep: Sweep, now: datetime) -> Row:
    """A past sweep on a line."""
    touched = ", ".join(f"{one.id} {number(one.deleted_count)}" for one in sweep.contexts if one.deleted_count)
    return Row(
        sweep.id or str(index),
        (age(sweep.started_at, now), sweep.state, number(sweep.deleted_count), touched or sweep.error or "-"),
        document=sweep,
    )


def malformed(given: dict[str, str]) -> str | None:
    """What is wrong with what was filled in."""
    if given["category"] not in CATEGORIES:
        return f"{given['category']} is no category; there are {', '.join(CATEGORIES)}."
    if given["scope"] and len(given["scope"].strip("/").split("/")) % 2:
        return "A scope is pairs of a name and a value: org/acme/user/alice."
    return None
