"""Which repositories held sets when this machine last looked: one that is empty now is a disk that is not mounted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ops.errors import OpsError, RefusedError
from ops.repository.sets import Repository


class KnownRepositories:
    """Small files of this user, one a repository, apart from all of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def by_environment(cls, environ: Mapping[str, str]) -> "KnownRepositories":
        """Where the user's programs keep what they remember."""
        state = environ.get("XDG_STATE_HOME") or Path(environ.get("HOME") or Path.home()) / ".local/state"
        return cls(Path(state) / "spectron-ops" / "repositories")

    def require(self, repository: Repository) -> None:
        """`RefusedError` if there are no sets where there were some."""
        listing = repository.listing()
        file = self._file(repository)
        if listing.sets or listing.damaged or not file.exists():
            return
        seen = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        raise RefusedError(
            f"There is no set in {repository}, which held some at {seen:%Y-%m-%d %H:%M} UTC: its disk is not "
            "mounted, or somebody emptied it. Mount it, or say --anew if backups shall begin there again."
        )

    def remember(self, repository: Repository) -> None:
        """Note that it holds sets."""
        file = self._file(repository)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{repository}\n", "utf-8")
        except OSError as error:
            raise OpsError(
                f"Can't remember {repository} in {file.parent}: {error.strerror}. Give the folder to this user, or "
                "name another in XDG_STATE_HOME; else it is not noticed when the repository's disk is not mounted."
            ) from error

    def _file(self, repository: Repository) -> Path:
        return self._folder / f"{sha256(str(repository).encode()).hexdigest()[:24]}.txt"
