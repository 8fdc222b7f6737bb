"""A `spectrond` of one's own."""

import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

STARTING_SECONDS = 60.0
STOPPING_SECONDS = 60.0
LOOK_SECONDS = 0.1
LISTENS = re.compile(r"listens on (http://\S+)")
SAID = 400


class TrialError(Exception):
    """The server could not be started, or ended by itself."""


class TrialServer:
    """Starts it when the block is entered, and stops it at its end, so that everything is written."""

    def __init__(self, folder: Path, bind: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "spectrond.log"
        self.key_file = folder / "management.key"
        self.url = ""
        self._command = [
            str(Path(sys.executable).with_name("spectrond")),
            *("dev", "start", "--demo", "--data-dir", str(folder), "--bind", bind),
        ]
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def key(self) -> str:
        return self.key_file.read_text("ascii").strip()

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            # A session of its own: Ctrl-C in the terminal is for the dashboard.
            self._child = subprocess.Popen(  # noqa: S603 (the program that was installed beside this one)
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + STARTING_SECONDS
        while not self.url:
            told = self.log.read_text("utf-8", "replace")
            found = LISTENS.search(told)
            if found:
                self.url = found[1]
            elif self._child.poll() is not None:
                raise TrialError(f"the server did not start:\n{told[-SAID:].strip()}")
            elif time.monotonic() > deadline:
                self._stop()
                raise TrialError(f"the server did not start within {STARTING_SECONDS:.0f} seconds; see {self.log}")
            else:
                time.sleep(LOOK_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def wait(self) -> None:
        """Until the server ends."""
        if self._child is not None:
            code = self._child.wait()
            raise TrialError(f"the server ended with {code}; see {self.log}")

    def _stop(self) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            raise TrialError(f"the server did not stop in {STOPPING_SECONDS:.0f} seconds and was ended") from None
