"""Where in a recording one is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from spectron_tui.recording.tape import Tape


class Player:
    """Goes on with the time until the end; can be held, and moved."""

    def __init__(self, tape: Tape, monotonic: Callable[[], float], *, title: str) -> None:
        self.tape = tape
        self.title = title
        self._monotonic = monotonic
        self._from = tape.begins
        self._since: float | None = monotonic()

    @property
    def held(self) -> bool:
        return self._since is None

    @property
    def length(self) -> timedelta:
        return self.tape.ends - self.tape.begins

    @property
    def position(self) -> timedelta:
        return self.now() - self.tape.begins

    def now(self) -> datetime:
        """The moment of the recording that is shown."""
        passed = 0.0 if self._since is None else self._monotonic() - self._since
        return self._within(self._from + timedelta(seconds=passed))

    def move(self, seconds: float) -> None:
        """Go that far forward, or back."""
        self._from = self._within(self.now() + timedelta(seconds=seconds))
        self._since = None if self.held else self._monotonic()

    def hold(self) -> None:
        self._from, self._since = self.now(), None

    def go_on(self) -> None:
        self._from, self._since = self.now(), self._monotonic()

    def _within(self, moment: datetime) -> datetime:
        return max(self.tape.begins, min(self.tape.ends, moment))
