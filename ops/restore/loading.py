"""Dumps and originals of a set on their way into a server, and what is there afterwards."""

from collections.abc import Iterator

from ops.backup.inventory import Entry, entries
from ops.dump import DumpWatch
from ops.errors import DamagedError
from ops.progress import Reporter
from ops.repository.encryption import Identities
from ops.repository.manifest import Dump, Manifest
from ops.repository.sets import Repository
from ops.restore.pieces import pieces
from spectron.models.dump import Loaded, Restored
from spectron.sync.client import SpectronManagement

Part = tuple[str, str, Iterator[bytes]]


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

    def everything(
        self, admin: SpectronManagement, dump: Dump, *, context: str, namespace: str, database: str, settings: bool
    ) -> Restored:
        """Make a Context of its dump, with its originals, and with `settings` its configuration and keys.

        The server puts it into use after the last byte; a set that is not what its manifest says has none.
        """
        return admin.contexts.restore(
            id=context,
            namespace=namespace,
            database=database,
            parts=self._parts(dump, settings=settings),
            source=self._manifest.id,
        )

    def originals(self, context: str | None = None) -> list[Entry]:
        """The originals that the set has copies of, all or those of one Context."""
        objects = self._manifest.objects
        found = entries(self._repository, objects) if objects is not None and objects.copied else []
        return [one for one in found if one.stored is not None and context in {None, one.context}]

    def original(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of one of them."""
        if entry.stored is None:
            raise DamagedError(f"The set has no copy of {entry.document} of {entry.context}. Use another set.")
        advance = self._reporter.part(f"{entry.context}/{entry.document}", entry.size)
        encrypted = self._manifest.encrypted
        for piece in pieces(self._repository, entry.stored, encrypted=encrypted, identities=self._identities):
            advance(len(piece))
            yield piece

    def _parts(self, dump: Dump, *, settings: bool) -> Iterator[Part]:
        yield "dump", dump.name, self._pieces(dump)
        if settings and self._manifest.control is not None:
            yield "control", "control", self._pieces(self._manifest.control)
        for entry in self.originals(dump.context):
            yield "original", entry.document, self.original(entry)

    def _pieces(self, dump: Dump) -> Iterator[bytes]:
        advance = self._reporter.part(dump.name, dump.file.plain_size)
        encrypted = self._manifest.encrypted
        watch = DumpWatch()
        for piece in pieces(self._repository, dump.file, encrypted=encrypted, identities=self._identities):
            watch.feed(piece)
            advance(len(piece))
            yield piece
        if watch.summary() != (dump.header, dump.trailer):
            raise DamagedError(f"The manifest says something else of {dump.name} than its dump. Use another set.")


def compare(dump: Dump, loaded: Loaded) -> None:
    """Every table has the rows and the digest that the manifest says it had."""
    wanted = {name: (table.rows, table.digest) for name, table in dump.trailer.tables.items()}
    found = {name: (int(table["rows"]), str(table["digest"])) for name, table in loaded.tables.items()}
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong and not loaded.migrated:
        raise DamagedError(
            f"{dump.name} was loaded, and is not what the manifest says: {', '.join(wrong)} differ. Use another set."
        )
