"""A program in a real terminal, driven by keys and read from its screen."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.cells import cell_len

TMUX = shutil.which("tmux")
POLL_SECONDS = 0.05
# So many looks in a row that show the same mean that the screen is drawn.
SETTLED = 4
PATIENCE_SECONDS = 120.0
FOREIGN = ("SPECTRON_", "TMUX", "COLUMNS", "LINES")
"""What says something about another terminal, or another deployment."""


class Terminal:
    """One window of a tmux of its own; leaving its `with` block ends both."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        width: int = 120,
        height: int = 40,
        folder: Path | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tmux-")  # a socket's path must be short
        self._socket = str(Path(self._folder.name) / "s")
        own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self._environment = own | {"HOME": self._folder.name, "LC_ALL": "C.UTF-8"} | dict(environment)
        where = ("-c", str(folder)) if folder else ()
        self._tmux("new-session", "-d", "-x", str(width), "-y", str(height), *where, *arguments)
        for option, value in (("remain-on-exit", "on"), ("set-clipboard", "on"), ("escape-time", "0")):
            self._tmux("set-option", "-g", option, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tmux("kill-server", check=False)
        self._folder.cleanup()

    @property
    def screen(self) -> str:
        """What stands on it now."""
        return self._tmux("capture-pane", "-p")

    @property
    def clipboard(self) -> str:
        """What the program has put there."""
        return self._tmux("show-buffer", check=False)

    @property
    def is_sane(self) -> bool:
        """Whether a shell can go on in it: its own screen, a cursor, and no report of the mouse."""
        return self._tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"

    @property
    def process(self) -> int:
        """The number of the program that was started in it."""
        return int(self._tmux("display-message", "-p", "#{pane_pid}"))

    def click(self, text: str, times: int = 1) -> None:
        """Press the left button on the first place where the text stands, and let it go."""
        lines = self.screen.splitlines()
        row = next(index for index, line in enumerate(lines) if text in line)
        column = cell_len(lines[row].partition(text)[0])
        for _ in range(times):
            for action in "Mm":
                self.type(f"\x1b[<0;{column + 1};{row + 1}{action}")

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def press(self, *keys: str) -> None:
        """Keys by the names that tmux has for them."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Letters as they are."""
        self._tmux("send-keys", "-l", text)

    def shows(self, *texts: str, seconds: float = PATIENCE_SECONDS) -> str:
        """The screen, once all of the texts stand on it."""
        deadline = time.monotonic() + seconds
        while True:
            screen = self.screen
            if all(text in screen for text in texts):
                return screen
            if time.monotonic() > deadline:
                missing = [text for text in texts if text not in screen]
                raise AssertionError(f"{missing} did not come up after {seconds} s:\n{screen}")
            time.sleep(POLL_SECONDS)

    def repeats(self, key: str, text: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Press a key, each time once the one before was answered, until the text stands on the screen."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and text not in (before := self.screen):
            self.press(key)
            self._answers(before)
        return self.shows(text, seconds=1)

    def _answers(self, before: str, seconds: float = 1) -> None:
        """Wait until the screen is another one than before and stays so for a moment; some keys change nothing."""
        deadline = time.monotonic() + seconds
        last, same = before, 0
        while time.monotonic() < deadline and not (same >= SETTLED and last != before):
            time.sleep(POLL_SECONDS)
            screen = self.screen
            last, same = screen, same + 1 if screen == last else 0

    def exit_code(self, seconds: float = PATIENCE_SECONDS) -> int:
        """What the program ended with, once it has."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            dead, _, code = (
                self._tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status}").strip().partition(" ")
            )
            if dead == "1" and code:
                return int(code)
            # tmux sometimes misses the end of a program, which then waits to be reaped for ever.
            with suppress(FileNotFoundError):
                state, *_, status = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
                if state == "Z":
                    return os.waitstatus_to_exitcode(int(status))
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"it goes on after {seconds} s:\n{self.screen}")

    def _tmux(self, *arguments: str, check: bool = True) -> str:
        assert TMUX is not None
        done = subprocess.run(
            [TMUX, "-u", "-f", "/dev/null", "-S", self._socket, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
            timeout=PATIENCE_SECONDS,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout
