"""The dashboard, put together."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partialmethod
from typing import ClassVar

from rich.console import RenderableType
from textual import work
from textual.app import App
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.reactive import reactive

from spectron.errors import SpectronError
from spectron.target import Target
from spectron.terminal.tables import plain
from spectron_tui.actions.action import Action, Area
from spectron_tui.actions.bindings import bindings, keymap, of, reachable
from spectron_tui.dialogs.asking import Asking
from spectron_tui.dialogs.choice import Choice
from spectron_tui.dialogs.dialog import Dialog
from spectron_tui.dialogs.help import Help
from spectron_tui.feed.auditing import recorded
from spectron_tui.feed.load import Load, parsed
from spectron_tui.palette import Palette
from spectron_tui.places import PLACES
from spectron_tui.programs.desk import Desk
from spectron_tui.programs.run import Run
from spectron_tui.screens.context import ContextScreen
from spectron_tui.screens.live import LiveScreen
from spectron_tui.screens.runbook import RunbookScreen
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.surroundings import Surroundings
from spectron_tui.suspending import suspend
from spectron_tui.themes import THEMES
from spectron_tui.widgets.banner import Banner
from spectron_tui.widgets.pane import headline

SEEKS = frozenset(action.method for action in of(Area.REPLAY))
STEP, LEAP = 10.0, 60.0
"""Seconds that a recording is moved by."""
COUNT_SECONDS = 15.0
TELL_SECONDS = 0.1
"""How soon the screens hear of what a command says, which can be thousands of lines."""
ALL = "all Contexts"
"""No Context has a name with a blank."""
BOTTOM = 2
"""Textual's own blank screen, and the place on top of it."""


class Dashboard(App[int]):
    """One server at a time, one place at a time; it outlives both."""

    TITLE = "Spectron"
    BINDINGS: ClassVar[list[BindingType]] = bindings((*of(Area.EVERYWHERE), *of(Area.REPLAY)))
    COMMANDS: ClassVar = {Palette}
    CSS = "Screen { layout: vertical; }"

    connected: reactive[bool | None] = reactive(None)
    paused: reactive[bool] = reactive(False)

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        place: str = "overview",
        filter: str = "",
        keys: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.surroundings = surroundings
        self.target = surroundings.target
        self.answered = False
        """Whether the last request was answered, be it with a refusal."""
        self.admin = surroundings.connect(self.target, self._heard)
        self.desk = Desk(
            surroundings.allowed_programs,
            surroundings.environ,
            surroundings.now,
            self._run_changed,
            self.target,
            surroundings.repository,
        )
        self.load = Load()
        self.leaving = False
        self.place = place
        self._changed_runs: set[int] = set()
        self._filter = filter
        self._keys = keymap(keys or {})

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.set_keymap(self._keys)
        self._install()
        self.push_screen(self.place)
        self._keep_counting()
        if self.target.context and self.place == "contexts":
            self.open_context(self.target.context)

    async def on_unmount(self) -> None:
        await self.desk.close()
        await self.admin.aclose()
        if self.surroundings.recorder is not None:
            self.surroundings.recorder.close()

    def actions_here(self, screen: object) -> tuple[Action, ...]:
        """What keys and palette call on that screen."""
        here = reachable(screen.AREA if isinstance(screen, LiveScreen) else Area.EVERYWHERE)
        return tuple(action for action in here if self.check_action(action.method, ()) is not False)

    def keys_of(self, action: Action) -> list[str]:
        """The keys that call it: those that were chosen, else its own."""
        return self._keys.get(action.id, ",".join(action.keys)).split(",")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Seeking is there only where a recording is played."""
        if action in SEEKS and self.surroundings.player is None:
            return False
        return super().check_action(action, parameters)

    def open_context(self, id: str) -> None:
        """Show one Context in front of where one is."""
        self.push_screen(ContextScreen(id))

    def open_runbook(self, slug: str) -> None:
        """Show a page in front of where one is."""
        page = self.desk.library.page(slug)
        if page is None:
            self.notify(f"There is no runbook {slug}.", severity="warning", markup=False)
        else:
            self.push_screen(RunbookScreen(page))

    async def count(self) -> None:
        """Ask for the server's counters; without an answer there is nothing to count."""
        try:
            self.load = self.load.counting(parsed(await self.admin.metrics(), self.surroundings.now()))
        except (SpectronError, ValueError):
            # The line of an hour shows the gap, and every other part says that the server does not answer.
            return

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,  # noqa: ARG002 (Textual passes it)
    ) -> None:
        """Say it in a corner for a while; nothing in it is a command to the terminal, or markup."""
        super().notify(plain(message), title=plain(title), severity=severity, timeout=timeout, markup=False)

    def report(self, error: SpectronError) -> None:
        """Say what failed, and leave the screen as it is."""
        self.notify(str(error), title="Not done", severity="error", timeout=15, markup=False)

    async def tell_of_change(self, done: str, context_id: str, requests: Collection[str]) -> None:
        """Say what happened, with the id of the event that the audit of the Context has of those requests."""
        self.tell(f"{done} {await recorded(self.admin.contexts(context_id), requests)}")

    def tell(self, done: str) -> None:
        """Say what happened, and keep it for the incident's timeline."""
        self.desk.note(done)
        self.notify(done, timeout=30, markup=False)

    def _heard(self, answered: bool) -> None:
        self.answered = answered

    def go(self, place: str) -> None:
        """Leave what is open, and look at another place."""
        if isinstance(self.screen, Dialog):
            return
        while len(self.screen_stack) > BOTTOM:
            self.pop_screen()
        self.place = place
        self.switch_screen(place)
        self._repaint_banner()

    action_go_overview = partialmethod(go, "overview")
    action_go_contexts = partialmethod(go, "contexts")
    action_go_ingestion = partialmethod(go, "ingestion")
    action_go_traces = partialmethod(go, "traces")
    action_go_retention = partialmethod(go, "retention")
    action_go_backups = partialmethod(go, "backups")
    action_go_runbooks = partialmethod(go, "runbooks")

    def action_app_help(self) -> None:
        if not isinstance(self.screen, Dialog):
            here = self.actions_here(self.screen)
            self.push_screen(Help(here, self._keys, writes=self.surroundings.writes))

    def action_app_refresh(self) -> None:
        if isinstance(self.screen, LiveScreen):
            self.screen.ask()

    def action_app_pause(self) -> None:
        self.paused = not self.paused
        player = self.surroundings.player
        if player is not None:
            (player.hold if self.paused else player.go_on)()
        if player is not None or not self.paused:
            self.action_app_refresh()

    def _seek(self, seconds: float) -> None:
        if self.surroundings.player is None:
            return
        self.surroundings.player.move(seconds)
        self.load = Load()
        for screen in {*map(self.get_screen, PLACES), *self.screen_stack}:
            if isinstance(screen, LiveScreen):
                screen.forget()

    action_replay_back = partialmethod(_seek, -STEP)
    action_replay_forward = partialmethod(_seek, STEP)
    action_replay_far_back = partialmethod(_seek, -LEAP)
    action_replay_far_forward = partialmethod(_seek, LEAP)

    def action_app_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_app_back(self) -> None:
        if isinstance(self.screen, TabledScreen) and self.screen.clear_filter():
            return
        if len(self.screen_stack) > BOTTOM:
            self.pop_screen()

    @work(exclusive=True, group="quit")
    async def action_app_quit(self) -> None:
        active = self.desk.runs.active
        if active:
            words = "\n".join(f"{run.command.purpose}: {run.shown}" for run in active)
            title = f"End {len(active)} command{'s' if len(active) > 1 else ''} and quit?"
            if not await self.push_screen_wait(Asking(title, f"At work:\n{words}", "End and quit")):
                return
            await self.desk.runs.end_all()
        self.exit(0)

    async def action_quit(self) -> None:
        self.action_app_quit()

    def action_help_quit(self) -> None:
        """Ctrl-C, where it does not copy what is selected."""
        self.action_app_quit()

    def action_app_palette(self) -> None:
        self.action_command_palette()

    def action_app_suspend(self) -> None:
        if self.is_headless or not suspend():
            self.notify("There is no shell above it to go back to.", severity="warning")

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """From here on nothing is mounted any more, so that a screen may lack parts it would show something on."""
        self.leaving = True
        super().exit(result, return_code, message)

    def leave(self, code: int) -> None:
        """Go without a question, and end what is at work."""
        self.exit(code)

    @work(exclusive=True, group="choose")
    async def action_app_context(self) -> None:
        try:
            ids = [context.id async for context in self.admin.contexts.iterate()]
        except SpectronError as error:
            self.report(error)
            return
        if not ids:
            self.notify("There is no Context yet.", severity="warning")
            return
        chosen = await self.push_screen_wait(Choice("Which Context?", [ALL, *ids], self.target.context or ALL))
        if chosen is not None:
            self.target = self.desk.target = replace(self.target, context=None if chosen == ALL else chosen)
            if chosen == ALL:
                self.action_app_refresh()
            else:
                self.open_context(chosen)

    @work(exclusive=True, group="choose")
    async def action_app_server(self) -> None:
        try:
            profiles = self.surroundings.profiles().known
        except SpectronError as error:
            self.report(error)
            return
        if not profiles:
            self.notify("There is no profile yet. `spectronctl login --profile NAME` makes one.", severity="warning")
            return
        current = next((name for name, profile in profiles.items() if profile.url == self.target.url), None)
        chosen = await self.push_screen_wait(Choice("Which server?", sorted(profiles), current))
        if chosen is not None:
            profile = profiles[chosen]
            target = Target(profile.url, profile.api_key, profile.context)
            self.desk.turn_to(target, profile.repository)
            self.load = Load()
            await self._connect(target)

    async def _connect(self, target: Target) -> None:
        """Leave everything that was seen of the other server behind."""
        before = self.admin
        self.target, self.admin, self.connected = target, self.surroundings.connect(target, self._heard), None
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        for place in PLACES:
            self.uninstall_screen(place)
        self._install()
        await self.push_screen(self.place)
        await before.aclose()

    @work(exclusive=True, group="count")
    async def _keep_counting(self) -> None:
        """On every screen, so that the hour has no gap."""
        while True:
            await self.surroundings.sleep(COUNT_SECONDS)
            if not self.paused:
                await self.count()

    def _run_changed(self, run: Run) -> None:
        if not self._changed_runs and self.is_running:
            self.set_timer(TELL_SECONDS, self._tell_of_runs)
        self._changed_runs.add(run.number)

    def _tell_of_runs(self) -> None:
        changed = [run for run in self.desk.runs.log if run.number in self._changed_runs]
        self._changed_runs.clear()
        shown = [screen for screen in self.screen_stack if isinstance(screen, LiveScreen) and screen.stands]
        for run in changed:
            if run.ended:
                severity: SeverityLevel = "information" if run.done else "error"
                self.notify(headline(run, self.surroundings.now()), severity=severity, markup=False)
                for screen in shown:
                    screen.run_ended(run)
        for screen in shown:
            screen.runs_moved()
        self._repaint_banner()

    def _install(self) -> None:
        for place, screen in PLACES.items():
            self.install_screen(screen(filter=self._filter if place == self.place else ""), place)

    def _repaint_banner(self) -> None:
        for banner in self.screen.query(Banner) if self.is_running else ():
            banner.refresh()
