"""The process that waits for what is due."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime

import schedule

from ops.errors import OpsError
from ops.schedule.keeper import Keeper, Outcome

# Short enough to notice a clock that was put forward, long enough to cost nothing.
LONGEST_WAIT_SECONDS = 15.0


class Entry(schedule.Job):
    """A job whose next run our own timing sets, in UTC; the library would take the hours of the machine's time zone."""

    def __init__(self, timer: schedule.Scheduler, now: Callable[[], datetime]) -> None:
        super().__init__(1, timer)
        self._now = now

    @property
    def should_run(self) -> bool:
        return self.next_run is not None and self.next_run <= self._now()


class Loop:
    """Starts what is due, each job in a thread of its own, until it is told to stop."""

    def __init__(
        self, keeper: Keeper, jobs: Iterable[str], report: Callable[[str], None], now: Callable[[], datetime]
    ) -> None:
        self._keeper = keeper
        self._report = report
        self._timer = schedule.Scheduler()
        self._entries = {name: Entry(self._timer, now).seconds.do(self._start, name) for name in jobs}
        self._running: dict[str, threading.Thread] = {}
        self._wake = threading.Event()
        self._stopping = False

    def stop(self) -> None:
        """Start nothing more; safe to be called from a signal handler."""
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        begun = False
        while not self._stopping:
            try:
                if not begun:
                    self._tell(self._keeper.begin())
                    begun = True
                self.step()
            except OpsError as error:
                # What can't be read now may be repaired while this waits; until then nothing runs unseen.
                self._tell(self._keeper.hindered(error))
            self._wake.wait(LONGEST_WAIT_SECONDS)
        self.wait()

    def step(self) -> None:
        """Start everything that is due and not running."""
        for name, at in self._keeper.next_runs().items():
            self._entries[name].next_run = at
        self._timer.run_pending()

    def wait(self) -> None:
        """Until all that was started has ended."""
        for thread in [*self._running.values()]:
            thread.join()

    def _start(self, name: str) -> None:
        if name not in self._running or not self._running[name].is_alive():
            self._running[name] = threading.Thread(target=self._attempt, args=(name,), name=name)
            self._running[name].start()

    def _attempt(self, name: str) -> None:
        self._report(f"{name} begins.")
        self._tell(told(self._keeper.run(name)))

    def _tell(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._report(line)


def told(outcome: Outcome) -> list[str]:
    """What became of a run, in lines."""
    ended = outcome.ended
    words = "went well." if ended.exit_code == 0 else f"ended with exit code {ended.exit_code}: {ended.message}"
    return [f"{outcome.job} {words}", *outcome.problems]
