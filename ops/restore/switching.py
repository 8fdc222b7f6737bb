"""A folder that is there as a whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.errors import LockedError, OpsError, RefusedError


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A folder to build in, which becomes the target when the block ends well, and is removed if it does not.

    What a killed run left is removed first; whoever looks sees the old state or the new one.
    """
    staging = target.with_name(f".{target.name}.restoring")
    if target.exists():
        raise RefusedError(f"{target} is there already, and a restore overwrites nothing. Choose another folder.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.with_name(f"{staging.name}.lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockedError(f"Another restore into {target} is at work. Wait until it ends.") from None
            _clear(staging)
            try:
                yield staging
                # Whoever made the target meanwhile keeps it: only an empty folder is replaced by a rename.
                staging.rename(target)
                _sync(target.parent)
            finally:
                _clear(staging)
                Path(lock.name).unlink(missing_ok=True)
    except OSError as error:
        raise OpsError(f"Can't restore into {target}: {error.strerror or error}. Choose another folder.") from error


def _clear(staging: Path) -> None:
    if staging.exists():
        shutil.rmtree(staging)
    staging.with_name(f"{staging.name}.log").unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
