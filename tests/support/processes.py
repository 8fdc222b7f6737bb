"""Processes that a test starts, watches and ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

POLL_SECONDS = 0.02


class Process:
    """A child process whose output goes to a file; leaving its `with` block kills what is left of it."""

    def __init__(
        self,
        arguments: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._log = log
        with log.open("wb") as output:
            self._child = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(os.environ) | dict(environment or {}),
                cwd=folder,
                start_new_session=True,
            )

    @classmethod
    def python(cls, module: str, *arguments: str, log: Path, environment: Mapping[str, str] | None = None) -> Self:
        """A module of this repository, run by this interpreter."""
        return cls([sys.executable, "-m", module, *arguments], log, environment=environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """The first match in the output; fails when the process ends or the time is over without one."""
        deadline = time.monotonic() + seconds
        while True:
            running = self.running
            found = re.search(pattern, self.output)
            if found:
                return found
            if not running:
                raise AssertionError(f"the process ended with {self._child.returncode}:\n{self.output}")
            if time.monotonic() > deadline:
                raise AssertionError(f"no {pattern!r} after {seconds} s in:\n{self.output}")
            time.sleep(POLL_SECONDS)

    def send(self, number: signal.Signals) -> None:
        self._child.send_signal(number)

    def wait(self, seconds: float = 60) -> int:
        """The exit code; negative for the signal that ended it."""
        return self._child.wait(seconds)

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 60) -> int:
        """Ask it to leave and wait until it has."""
        self.send(number)
        return self.wait(seconds)

    def kill(self) -> int:
        """End it at once, without a chance to tidy up."""
        self._child.kill()
        return self._child.wait()
