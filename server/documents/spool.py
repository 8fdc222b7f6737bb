"""A folder for originals while they are read."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from server.core.clock import Clock
from server.core.errors import UnavailableError
from server.objects.store import ObjectStore

# Nothing is read for that long; what is older was left behind by a process that was killed.
ABANDONED = timedelta(hours=1)


class Spool:
    """Puts originals where a process that reads files finds them."""

    def __init__(self, folder: Path, objects: ObjectStore, clock: Clock) -> None:
        self._folder = folder
        self._objects = objects
        self._clock = clock

    @asynccontextmanager
    async def file(self, storage_key: str) -> AsyncIterator[Path]:
        """The original as a file of this machine, for as long as the block takes."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, buffering=0) as file:
                async with aclosing(self._objects.open(storage_key)) as parts:
                    async for part in parts:
                        await asyncio.to_thread(file.write, part)
                yield Path(file.name)
        except OSError as error:
            raise UnavailableError(
                f"The original could not be put into {self._folder} to be read: {error.strerror}. Free space there."
            ) from error

    def clear(self) -> None:
        """Remove what killed processes have left behind."""
        before = (self._clock.now() - ABANDONED).timestamp()
        for file in self._folder.glob("*"):
            with suppress(FileNotFoundError):  # its reader has just removed it
                if file.stat().st_mtime < before:
                    file.unlink()
