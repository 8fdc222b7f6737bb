"""The process that waits for what is due."""

import threading
from collections.abc import Callable

from ops.errors import LockedError, OpsError
from ops.schedule.keeper import Keeper, Outcome

# Short enough to notice a clock that was put forward, long enough to cost nothing.
LONGEST_WAIT_SECONDS = 15.0


class Loop:
    """Starts what is due, each job in a thread of its own, until it is told to stop."""

    def __init__(self, keeper: Keeper, report: Callable[[str], None]) -> None:
        self._keeper = keeper
        self._report = report
        self._running: dict[str, threading.Thread] = {}
        self._wake = threading.Event()
        self._stopping = False

    def stop(self) -> None:
        """Start nothing more; safe to be called from a signal handler."""
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        self._keeper.begin()
        while not self._stopping:
            self.step()
            self._wake.wait(LONGEST_WAIT_SECONDS)
        for thread in [*self._running.values()]:
            thread.join()

    def step(self) -> None:
        """Start everything that is due and not running."""
        self._running = {name: thread for name, thread in self._running.items() if thread.is_alive()}
        for name in self._keeper.due():
            if name not in self._running:
                thread = threading.Thread(target=self._attempt, args=(name,), name=name)
                self._running[name] = thread
                thread.start()

    def wait(self) -> None:
        """Until all that was started has ended."""
        for thread in [*self._running.values()]:
            thread.join()

    def _attempt(self, name: str) -> None:
        self._report(f"{name} begins.")
        try:
            outcome = self._keeper.run(name)
        except LockedError as error:
            self._report(str(error))
        except OpsError as error:
            self._report(f"{name} could not be run: {error}")
        else:
            for line in told(outcome):
                self._report(line)


def told(outcome: Outcome) -> list[str]:
    """What became of a run, in lines."""
    ended = outcome.ended
    words = "went well." if ended.exit_code == 0 else f"ended with exit code {ended.exit_code}: {ended.message}"
    return [f"{outcome.job} {words}", *outcome.undelivered]
