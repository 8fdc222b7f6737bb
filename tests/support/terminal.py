"""A program in a real terminal, driven by keys and read from its screen."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

TMUX = shutil.which("tmux")
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 120.0


class Terminal:
    """One window of a tmux of its own; leaving its `with` block ends both."""

    def __init__(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], width: int = 120, height: int = 40
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tmux-")  # a socket's path must be short
        self._socket = str(Path(self._folder.name) / "s")
        own = {name: value for name, value in os.environ.items() if not name.startswith(("SPECTRON_", "TMUX"))}
        self._environment = own | {"HOME": self._folder.name, "LC_ALL": "C.UTF-8"} | dict(environment)
        self._tmux("new-session", "-d", "-x", str(width), "-y", str(height), *arguments)
        self._tmux("set-option", "-g", "remain-on-exit", "on")

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
        """Press a key that can be pressed too often, until the text stands on the screen."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and text not in self.screen:
            self.press(key)
            time.sleep(POLL_SECONDS)
        return self.shows(text, seconds=1)

    def exit_code(self, seconds: float = PATIENCE_SECONDS) -> int:
        """What the program ended with, once it has."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            dead, _, code = (
                self._tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status}").strip().partition(" ")
            )
            if dead == "1" and code:
                return int(code)
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
