"""What went wrong with a folder, in words that say what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from ops.errors import NotThereError, RepositoryError
from ops.repository.location import FolderLocation

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_ALLOWED = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def reported(location: FolderLocation, what: str) -> Iterator[None]:
    """An error of the file system becomes one that says what was being done, where, and what helps."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotThereError(
            f"The backup repository {location} could not {what}: {error.filename} is not there. "
            "Check that its disk is mounted, and `spectron-ops backup verify` what it holds."
        ) from error
    except OSError as error:
        if error.errno in FULL:
            remedy = "its disk or quota is full; free space (`spectron-ops backup prune`) or move it to a larger disk"
        elif error.errno in NOT_ALLOWED:
            remedy = "this user may not do that there; mount it read-write and give the folder to this user"
        else:
            remedy = "check that its disk is mounted and healthy"
        raise RepositoryError(
            f"The backup repository {location} could not {what}: {remedy} ({error.strerror or error})."
        ) from error
