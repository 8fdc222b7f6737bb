"""The process that reads a copy of a store, seen from the server."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self

from server.core.errors import UnavailableError
from server.store.binding import Binding
from server.store.dumps.marks import Header

# With -P, a folder named `server` where the server was started is nothing to it.
COMMAND = (sys.executable, "-P", "-m", "server.store.dumps.program")
PIECE_BYTES = 256 * 1024
BUFFERED_BYTES = 1024 * 1024
# It reads a copy and writes to a pipe, and needs to know nothing else.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


class Child:
    """Writes one dump; it ends with its server, however that ends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def started(cls, store: Path) -> AsyncIterator[Self]:
        """A process that will read the store, which need not be there yet; it is gone when the block is left."""
        try:
            process = await asyncio.create_subprocess_exec(
                *COMMAND,
                str(store),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=BUFFERED_BYTES,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                start_new_session=True,
            )
        except OSError as error:
            raise UnavailableError(
                f"The process that exports could not be started ({error}); free memory or processes."
            ) from error
        child = cls(process)
        try:
            yield child
        finally:
            await child.end()

    def begin(self, binding: Binding, header: Header, *, totals: bool) -> None:
        """Let it write; the store is there and stays as it is."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe by construction
        task = {"binding": asdict(binding), "header": asdict(header), "totals": totals}
        self._process.stdin.write(json.dumps(task).encode() + b"\n")

    async def end(self) -> None:
        """Make sure that it reads no more."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):  # it ended by itself in this moment
                os.kill(self._process.pid, signal.SIGKILL)
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.shield(self._process.wait())

    async def pieces(self) -> AsyncIterator[bytes]:
        """What it writes; `UnavailableError` if it ends before it is done."""
        assert self._process.stdout is not None  # noqa: S101 - both are pipes by construction
        assert self._process.stderr is not None  # noqa: S101 - see above
        complaint = asyncio.ensure_future(self._process.stderr.read())
        try:
            while piece := await self._process.stdout.read(PIECE_BYTES):
                yield piece
            code = await self._process.wait()
            if code:
                said = (await complaint).decode(errors="replace").strip().rpartition("\n")[2]
                raise UnavailableError(f"The export failed: {said or f'its process ended with {code}'}")
        finally:
            complaint.cancel()
