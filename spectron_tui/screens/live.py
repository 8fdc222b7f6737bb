"""A screen that follows the server."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from spectron_tui.actions.action import Area
from spectron_tui.actions.catalogue import ACTIONS
from spectron_tui.feed.news import News
from spectron_tui.feed.poll import Pace
from spectron_tui.programs.run import Run
from spectron_tui.widgets.banner import Banner
from spectron_tui.widgets.keys import Keys
from spectron_tui.widgets.reel import Reel

if TYPE_CHECKING:
    from spectron_tui.app import Dashboard

SnapshotT = TypeVar("SnapshotT")
CHANGES = frozenset(action.method for action in ACTIONS if action.changes)
BETWEEN = 0.5
"""Seconds from one poll to the next, however much news there is."""
RARELY = 5
"""How many times longer a screen waits that is told of changes."""


class LiveScreen(Screen[None], Generic[SnapshotT]):
    """Polls while it is seen: never twice at once, rarely while the server is away, at once when there is a reason."""

    DEFAULT_CSS = "LiveScreen #head { dock: top; height: auto; }"
    AREA: ClassVar[Area]
    EVERY: ClassVar[float] = 2.0
    KINDS: ClassVar[tuple[str, ...]] = ()
    """The events of the server that make what is shown out of date."""

    def __init__(self, empty: SnapshotT) -> None:
        super().__init__()
        self.snapshot = empty
        self.polls = 0
        """How often the server was asked for a snapshot and the answer is shown."""
        self._empty = empty
        self._pace = Pace(self.EVERY)
        self._news: News | None = None
        self._polling: Worker[None] | None = None
        self._asked = asyncio.Event()
        self._told = asyncio.Event()

    @property
    def dashboard(self) -> "Dashboard":
        return cast("Dashboard", self.app)

    @property
    def stands(self) -> bool:
        """Whether all of its parts are there; one that is left at once is taken down before it has them."""
        return bool(self.query(Keys)) and self in self.app.screen_stack and not self.dashboard.leaving

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

    def reached(self) -> bool | None:
        """Whether the server answered; None where the screen asks something else."""
        return not self.failed()

    def runs_moved(self) -> None:
        """Show how the commands go that are at work, where the screen shows them."""

    def run_ended(self, run: Run) -> None:
        """Act upon the end of a command, where that changes what the screen shows."""

    @abstractmethod
    def main(self) -> Widget:
        """What has the focus when the screen opens."""

    def compose(self) -> ComposeResult:
        with Vertical(id="head"):
            yield Banner()
            if self.dashboard.surroundings.player is not None:
                yield Reel(self.dashboard.surroundings.player)
        yield from self.body()
        yield Keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual passes it)
        """What changes the server is out of reach in read-only mode, and the footer shows it so."""
        return None if action in CHANGES and not self.dashboard.surroundings.writes else True

    def on_mount(self) -> None:
        if self.stands:
            self.main().focus()
            self.show()

    def on_screen_resume(self) -> None:
        if self.stands and self.focused is None:
            self.main().focus()
        self.ask()
        if self.KINDS:
            self.listen()

    def on_screen_suspend(self) -> None:
        self._polling = None
        self.workers.cancel_group(self, "poll")
        self.workers.cancel_group(self, "listen")

    def forget(self) -> None:
        """Show another moment: what was seen until now is not older, but of another time."""
        self.snapshot = self._empty
        if self.is_current:
            self.ask()

    def ask(self) -> None:
        """Poll now, or once more when the poll that runs is done, and go on from there."""
        self._pace = self._pace.after(failed=False)
        self._asked.set()
        self._told.set()
        if self._polling is None or self._polling.is_finished:
            self._polling = self.poll()

    @work(exclusive=True, group="poll", name="poll")
    async def poll(self) -> None:
        """Follow the server until the screen is left."""
        while True:
            self._asked.clear()
            self._told.clear()
            self.snapshot = await self.observe()
            self._pace = self._pace.after(failed=self.failed())
            reached = self.reached()
            if reached is not None:
                self.dashboard.connected = reached or self.dashboard.answered
            if self.stands:
                self.show()
            self.polls += 1
            for line in self.query("Banner, Reel"):
                line.refresh()
            if self.dashboard.paused and not self._asked.is_set():
                return
            await self._rest()

    @work(exclusive=True, group="listen", name="listen")
    async def listen(self) -> None:
        """Poll as soon as the server tells of a change."""
        self._news = News(self.KINDS, self.dashboard.surroundings.sleep)
        await self._news.follow(self.dashboard.admin, self._told.set)

    async def _rest(self) -> None:
        sleep = self.dashboard.surroundings.sleep
        rarely = self._news is not None and self._news.heard
        await _either(self._asked.wait(), sleep(BETWEEN))
        await _either(self._told.wait(), sleep(max(0.0, self._pace.pause * (RARELY if rarely else 1) - BETWEEN)))


async def _either(one: Awaitable[Any], other: Awaitable[Any]) -> None:
    """Wait until one of both has happened."""
    waiting = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for future in waiting:
            future.cancel()
