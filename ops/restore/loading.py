"""Dumps of a set on their way into a server, and what is there afterwards."""

from collections.abc import Iterator

from ops.errors import DamagedError
from ops.progress import Reporter
from ops.repository.encryption import Identities
from ops.repository.manifest import Dump, Manifest
from ops.repository.sets import Repository
from ops.restore.pieces import pieces
from spectron.models.dump import Loaded
from spectron.sync.client import SpectronManagement


class Loader:
    """Loads what a set holds; what the server says it has is compared with the manifest."""

    def __init__(self, repository: Repository, manifest: Manifest, identities: Identities, reporter: Reporter) -> None:
        self._repository = repository
        self._manifest = manifest
        self._identities = identities
        self._reporter = reporter

    def context(self, admin: SpectronManagement, dump: Dump, context: str) -> Loaded:
        """Load a Context's dump into an empty Context."""
        loaded = admin.contexts(context).import_(self._pieces(dump))
        compare(dump, loaded)
        return loaded

    def control(self, admin: SpectronManagement, dump: Dump) -> Loaded:
        """Load the control plane into a deployment without Contexts."""
        loaded = admin.control.import_(self._pieces(dump))
        compare(dump, loaded)
        return loaded

    def _pieces(self, dump: Dump) -> Iterator[bytes]:
        advance = self._reporter.part(dump.name, dump.file.plain_size)
        encrypted = self._manifest.encrypted
        for piece in pieces(self._repository, dump.file, encrypted=encrypted, identities=self._identities):
            advance(len(piece))
            yield piece


def compare(dump: Dump, loaded: Loaded) -> None:
    """Every table has the rows and the digest that the manifest says it had."""
    wanted = {name: (table.rows, table.digest) for name, table in dump.trailer.tables.items()}
    found = {name: (int(table["rows"]), str(table["digest"])) for name, table in loaded.tables.items()}
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong and not loaded.migrated:
        raise DamagedError(
            f"{dump.name} was loaded, and is not what the manifest says: {', '.join(wrong)} differ. Use another set."
        )
