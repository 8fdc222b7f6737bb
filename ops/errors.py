"""What goes wrong in operations, with the exit code each kind ends a command with."""

from spectron.errors import SpectronError

DONE, FAILED, USAGE, NOTHING = 0, 1, 2, 3


class OpsError(SpectronError):
    """The root of what ops raises itself."""

    exit_code = FAILED


class RepositoryError(OpsError):
    """The backup repository can't be read or written."""


class NotThereError(RepositoryError):
    """There is no such file or set in the repository."""


class DamagedError(OpsError):
    """What was read is not what was written."""


class RefusedError(OpsError):
    """Something that would destroy or hide data, and was not done."""


class NothingToDoError(OpsError):
    """There is nothing to work on."""

    exit_code = NOTHING


class LockedError(OpsError):
    """Somebody else is at work in the repository."""

    exit_code = NOTHING
