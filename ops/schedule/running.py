"""Running one job in a process of its own, never twice at once."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from ops.errors import FAILED, LockedError, OpsError

TAIL = 2000
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended, and the last it said."""

    exit_code: int
    message: str


class Runner:
    """Starts commands; `stop` ends those that run."""

    def __init__(self, program: Sequence[str], environ: Mapping[str, str], folder: Path) -> None:
        self._program = program
        self._environ = environ
        self._folder = folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, job: str, arguments: Sequence[str], timeout: timedelta, lock: IO[bytes]) -> Ended:
        """Wait for the job's end, under its lock."""
        with _working(job, self._folder):
            child = self._started(job, arguments, lock)
            self._children[job] = child
            try:
                code = child.wait(timeout.total_seconds())
            except subprocess.TimeoutExpired:
                self._end(child)
                hint = f"It took longer than {timeout} and was ended. Look what it waited for, or raise its `timeout`."
                return Ended(FAILED, f"{hint} {self._last_words(job)}")
            finally:
                self._children.pop(job, None)
            words = self._last_words(job)
        if code >= 0:
            return Ended(code, words)
        hint = f"It was killed by signal {-code}. Look for who did it, or for a lack of memory; the next run tidies up."
        return Ended(FAILED, f"{hint} {words}")

    def lock(self, job: str) -> IO[bytes]:
        """A lock that is closed when the job has ended; `LockedError` if it runs already, in whatever process."""
        with _working(job, self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / f"{job}.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise LockedError(f"{job} is running already. Wait until it ends.") from None
        return lock

    def stop(self) -> None:
        """Ask what runs to leave."""
        for child in [*self._children.values()]:
            self._end(child)

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, number)
            try:
                child.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            return

    def _started(self, job: str, arguments: Sequence[str], lock: IO[bytes]) -> "subprocess.Popen[bytes]":
        with (self._folder / f"{job}.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - the arguments are the operator's own
                [*self._program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self._environ),
                # The lock lives as long as the job does, even if this process dies before it.
                pass_fds=(lock.fileno(),),
                start_new_session=True,
            )

    def _last_words(self, job: str) -> str:
        text = (self._folder / f"{job}.log").read_bytes()[-TAIL:].decode(errors="replace").strip()
        return text or "It said nothing."


@contextmanager
def _working(job: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OpsError(
            f"Can't run {job} with its files in {folder}: {error.strerror or error}. Make room there, or give the "
            "folder to this user."
        ) from error
