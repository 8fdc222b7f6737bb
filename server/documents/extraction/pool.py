"""Worker processes kept warm, and replaced when they end."""

import asyncio
import signal
from pathlib import Path

import structlog

from server.core.errors import ExtractionError, UnavailableError
from server.documents.extraction.process import COMMAND, WorkerDiedError, WorkerProcess
from server.documents.extraction.result import Extracted, Limits

_FILES_PER_WORKER = 500


class ExtractionPool:
    """Reads up to `size` files at the same time, each in a process of its own that is used again for the next.

    Nothing in a file can harm the server: its process is killed when it takes too long, and replaced when it ends.
    """

    def __init__(self, *, size: int = 2, limits: Limits | None = None, command: tuple[str, ...] = COMMAND) -> None:
        self._limits = limits or Limits()
        self._command = command
        self._slots = asyncio.Semaphore(size)
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._closed = False
        self._log = structlog.get_logger("server.documents")

    @property
    def pids(self) -> set[int]:
        """The processes that are there now."""
        return {worker.pid for worker in (*self._idle, *self._busy) if worker.alive}

    async def extract(self, path: Path, declared: str | None = None) -> Extracted:
        """The text of a file; an `ExtractionError` says why there is none and what to do about it."""
        async with self._slots:
            try:
                return await self._attempt(path, declared)
            except WorkerDiedError as death:
                self._log.warning("a worker process ended while it read a file", returncode=death.returncode)
            try:
                return await self._attempt(path, declared)
            except WorkerDiedError as death:
                raise ExtractionError(_explanation(death.returncode)) from death

    async def close(self) -> None:
        """End all processes; what they still read fails."""
        self._closed = True
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        await asyncio.gather(*(worker.kill() for worker in workers))

    async def _attempt(self, path: Path, declared: str | None) -> Extracted:
        worker = await self._worker()
        self._busy.add(worker)
        reusable = False
        try:
            async with asyncio.timeout(self._limits.seconds):
                extracted = await worker.extract(path, declared, self._limits)
            reusable = True
        except ExtractionError:
            reusable = True
            raise
        except TimeoutError:
            raise ExtractionError(
                f"Reading the file took longer than {self._limits.seconds:g} s, which is the limit. "
                "Split it, or save it in a simpler form, and upload the result."
            ) from None
        finally:
            if reusable and not worker.spent and not self._closed and worker.files < _FILES_PER_WORKER:
                self._idle.append(worker)
            else:
                await asyncio.shield(worker.kill())
            self._busy.discard(worker)
        return extracted

    async def _worker(self) -> WorkerProcess:
        if self._closed:
            raise UnavailableError("The server is stopping and reads no further file; try again once it is back.")
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
        return await WorkerProcess.start(self._command)


def _explanation(returncode: int) -> str:
    if returncode == -signal.SIGXCPU:
        return "Reading the file takes more processor time than the limit. Split it and upload the parts."
    if returncode == -signal.SIGKILL:
        return "The system ended the reading of the file twice, probably for lack of memory. Split it or try later."
    return (
        "The file makes its reader crash; its content is damaged. "
        "Open it where it came from, save it again and upload that."
    )
