"""A screen that follows the server."""

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from spectron_tui.actions.action import Area
from spectron_tui.actions.catalogue import ACTIONS
from spectron_tui.feed.poll import Pace
from spectron_tui.widgets.banner import Banner

if TYPE_CHECKING:
    from spectron_tui.app import Dashboard

SnapshotT = TypeVar("SnapshotT")
CHANGES = frozenset(action.method for action in ACTIONS if action.changes)


class LiveScreen(Screen[None], Generic[SnapshotT]):
    """Polls while it is seen: never twice at once, more rarely while the server is away, at once when asked to."""

    AREA: ClassVar[Area]
    EVERY: ClassVar[float] = 2.0

    def __init__(self, empty: SnapshotT) -> None:
        super().__init__()
        self.snapshot = empty
        self._pace = Pace(self.EVERY)

    @property
    def dashboard(self) -> "Dashboard":
        return cast("Dashboard", self.app)

    @abstractmethod
    def body(self) -> ComposeResult:
        """What stands between the banner and the footer."""

    @abstractmethod
    async def observe(self) -> SnapshotT:
        """The next snapshot; parts that fail keep what they had."""

    @abstractmethod
    def show(self) -> None:
        """Bring the widgets up to the snapshot."""

    @abstractmethod
    def failed(self) -> bool:
        """Whether the last poll was answered at all."""

    @abstractmethod
    def main(self) -> Widget:
        """What has the focus when the screen opens."""

    def compose(self) -> ComposeResult:
        yield Banner()
        yield from self.body()
        yield Footer(show_command_palette=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual passes it)
        """What changes the server is out of reach in read-only mode, and the footer shows it so."""
        return None if action in CHANGES and not self.dashboard.surroundings.writes else True

    def on_mount(self) -> None:
        self.main().focus()
        self.show()

    def on_screen_resume(self) -> None:
        self.ask()

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "poll")

    def ask(self) -> None:
        """Poll now, and go on from there."""
        self._pace = self._pace.after(failed=False)
        self.poll()

    @work(exclusive=True, group="poll", name="poll")
    async def poll(self) -> None:
        """Follow the server until the screen is left."""
        while True:
            self.snapshot = await self.observe()
            self._pace = self._pace.after(failed=self.failed())
            self.dashboard.connected = not self.failed()
            self.show()
            if self.dashboard.paused:
                return
            await self.dashboard.surroundings.sleep(self._pace.pause)
