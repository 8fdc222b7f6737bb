"""A whole deployment out of a set, in a folder that holds nothing else."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from ops.backup.inventory import Entry
from ops.errors import DamagedError, OpsError
from ops.progress import Reporter
from ops.repository.encryption import Identities
from ops.repository.manifest import Manifest
from ops.repository.sets import Repository
from ops.restore.loading import Loader
from ops.restore.server import serving
from spectron.models.dump import Loaded
from spectron.sync.client import SpectronManagement

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Restored:
    """A running server with what the set held."""

    admin: SpectronManagement
    loaded: Mapping[str, Loaded]
    originals: Mapping[str, Mapping[str, Entry]] | None
    """By Context and document; None if the set has no copies."""
    with_control: bool

    @property
    def objects(self) -> int:
        return sum(map(len, (self.originals or {}).values()))


class Fresh:
    """Builds it: originals first, then the control plane if its master key is at hand, then every Context."""

    def __init__(
        self,
        repository: Repository,
        manifest: Manifest,
        identities: Identities,
        reporter: Reporter,
        *,
        environ: Mapping[str, str],
        master_key: str | None,
        settings: Mapping[str, str] = NOTHING,
    ) -> None:
        """`settings` are what the server is told besides its folder, in the variables that it reads."""
        self._settings = settings
        self._manifest = manifest
        self._loader = Loader(repository, manifest, identities, reporter)
        self._environ = environ
        self._master_key = master_key

    @contextmanager
    def built(self, folder: Path) -> Iterator[Restored]:
        """The server, running on that new folder; when the block ends well the folder is whole and nobody uses it."""
        try:
            folder.mkdir(mode=0o700, parents=True)
            self._place_master_key(folder / "master.key")
        except OSError as error:
            raise OpsError(f"Can't make {folder}: {error.strerror}. Choose another folder, or remove it.") from error
        originals = self._place_originals(folder / "objects")
        with serving(folder, self._environ, self._settings) as admin:
            loaded = {}
            control = self._manifest.control if self._master_key else None
            if control is not None:
                loaded[control.name] = self._loader.control(admin, control)
            for dump in self._manifest.contexts:
                context = str(dump.context)
                if control is None:
                    admin.contexts.create(
                        id=context, namespace=dump.namespace or context, database=dump.database or context
                    )
                loaded[context] = self._loader.context(admin, dump, context)
            yield Restored(admin, loaded, originals, control is not None)

    def _place_originals(self, root: Path) -> dict[str, dict[str, Entry]] | None:
        objects = self._manifest.objects
        if objects is None or not objects.copied:
            return None
        placed: dict[str, dict[str, Entry]] = {}
        for entry in self._loader.originals():
            self._place(entry, root)
            placed.setdefault(entry.context, {})[entry.document] = entry
        return placed

    def _place(self, entry: Entry, root: Path) -> None:
        """Put an original where the server looks for it."""
        name = entry.document
        path = root / entry.context / name[:2] / name[2:4] / name
        digest = blake3()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for piece in self._loader.original(entry):
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OpsError(f"Can't write {path}: {error.strerror}. Make room, and run it again.") from error
        if digest.hexdigest() != entry.content_hash:
            raise DamagedError(f"The copy of {entry.document} of {entry.context} is not the document. Use another set.")

    def _place_master_key(self, path: Path) -> None:
        if self._master_key:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(self._master_key)
