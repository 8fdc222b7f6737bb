"""One worker process, seen from the server."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from server.core.errors import ExtractionError, UnavailableError
from server.documents.extraction import frames
from server.documents.extraction.result import Extracted, Limits

COMMAND = (sys.executable, "-m", "server.documents.extraction.worker")
# A process that opens hostile files is given no secrets.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


class WorkerDiedError(Exception):
    """The process ended in the middle of a file."""

    def __init__(self, returncode: int) -> None:
        super().__init__(f"the process ended with {returncode}")
        self.returncode = returncode


class WorkerProcess:
    """Reads one file at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.files = 0
        self.spent = False

    @classmethod
    async def start(cls, command: tuple[str, ...] = COMMAND) -> Self:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise UnavailableError(
                f"The process that reads documents could not be started ({error}); free memory or processes."
            ) from error
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def extract(self, path: Path, declared: str | None, limits: Limits) -> Extracted:
        """The text of a file, or the `ExtractionError` that the worker gives; `WorkerDiedError` if it ends."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes by construction
        assert self._process.stdout is not None  # noqa: S101 - see above
        self.files += 1
        try:
            self._process.stdin.write(frames.request(path, declared, limits))
            await self._process.stdin.drain()
            header = await self._process.stdout.readexactly(frames.HEADER.size)
            meta_length, text_length = frames.HEADER.unpack(header)
            meta = frames.parsed_meta(await self._process.stdout.readexactly(meta_length))
            text = await self._process.stdout.readexactly(text_length)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._signal()
            raise WorkerDiedError(await self._process.wait()) from None
        if "error" in meta:
            self.spent = meta["spent"]
            raise ExtractionError(meta["error"])
        return frames.parsed_answer(meta, text)

    async def kill(self) -> None:
        """End the process, whatever it does, and wait until it is gone."""
        self._signal()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()

    def _signal(self) -> None:
        """`Process.send_signal` is no choice: it may collect the status of a process that asyncio waits for."""
        if self.alive:
            with suppress(ProcessLookupError):  # it ended by itself in this moment
                os.kill(self._process.pid, signal.SIGKILL)
