"""Which process a folder belongs to."""

import fcntl
import os
from pathlib import Path

from server.core.errors import UnavailableError

NAME = "owner.lock"


class Ownership:
    """A lock on a folder that lasts from `take` to `drop`; the system drops it when the process dies.

    SurrealKV has a lock of its own, but gives it up for a moment whenever the store is closed for a checkpoint.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def take(self) -> None:
        """Create the folder if it is absent and lock it; `UnavailableError` if another process holds it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise UnavailableError(
                f"The store {self._folder} is in use by another process: stop the other server that works on it, "
                "or give this one a data directory of its own."
            ) from None
        self._descriptor = descriptor

    def drop(self) -> None:
        """Let others have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
