"""Reading every byte of a set, and comparing it with what the manifest says was written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import ParamSpec

from blake3 import blake3

from ops.backup.inventory import entries
from ops.dump import DumpWatch
from ops.errors import DamagedError, NotThereError
from ops.progress import Reporter
from ops.repository.encryption import Identities
from ops.repository.manifest import Dump, File, Manifest, Objects
from ops.repository.sealing import Sealed, Watch
from ops.repository.sets import Repository
from ops.repository.storage import READ_SIZE

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one file; no problem means that it is as it was written."""

    name: str
    bytes_read: int
    problem: str | None = None


class Verification:
    """Checks one set; without the identity of an encrypted set its bytes are compared, its content is not."""

    def __init__(self, repository: Repository, manifest: Manifest, identities: Identities, reporter: Reporter) -> None:
        self._repository = repository
        self._manifest = manifest
        self._identities = identities
        self._reporter = reporter
        self._opens = not manifest.encrypted or bool(identities)

    @property
    def reads_content(self) -> bool:
        return self._opens

    def findings(self) -> Iterator[Finding]:
        """One file after another."""
        for dump in self._manifest.dumps:
            yield _checked(dump.file, self._dump, dump)
        if self._manifest.objects is not None:
            yield from self._documents(self._manifest.objects)

    def _documents(self, objects: Objects) -> Iterator[Finding]:
        try:
            listed = entries(self._repository, objects)
        except (DamagedError, NotThereError) as error:
            yield Finding(objects.file.name, 0, str(error))
            return
        yield _checked(objects.file, self._list, objects.file)
        for entry in listed:
            if entry.stored is not None:
                yield _checked(entry.stored, self._document, entry.stored, entry.content_hash)

    def _list(self, file: File) -> None:
        self._content(file, lambda _: None, encrypted=False)

    def _dump(self, dump: Dump) -> None:
        if not self._opens:
            self._bytes(dump.file)
            return
        watch = DumpWatch()
        self._content(dump.file, watch.feed, encrypted=self._manifest.encrypted)
        if watch.summary() != (dump.header, dump.trailer):
            raise DamagedError("The manifest says something else of this dump than the dump itself.")

    def _document(self, file: File, content_hash: str) -> None:
        if not self._opens:
            self._bytes(file)
            return
        digest = blake3()
        self._content(file, digest.update, encrypted=self._manifest.encrypted)
        if digest.hexdigest() != content_hash:
            raise DamagedError("Its content is not the document that was uploaded.")

    def _content(self, file: File, sink: Watch, *, encrypted: bool) -> None:
        advance = self._reporter.part(file.name, file.plain_size)

        def see(piece: bytes) -> None:
            sink(piece)
            advance(len(piece))

        _compare(file, self._repository.read(file, encrypted=encrypted, identities=self._identities, sink=see))

    def _bytes(self, file: File) -> None:
        advance = self._reporter.part(file.name, file.size)
        digest, count = sha256(), 0
        with self._repository.storage.reading(file.name) as reader:
            while piece := reader.read(READ_SIZE):
                digest.update(piece)
                count += len(piece)
                advance(len(piece))
        _compare(file, Sealed(file.plain_size, file.plain_sha256, count, digest.hexdigest()))


def _checked(file: File, check: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> Finding:
    try:
        check(*args, **kwargs)
    except (DamagedError, NotThereError) as error:
        return Finding(file.name, 0, str(error))
    return Finding(file.name, file.size)


def _compare(file: File, read: Sealed) -> None:
    if read != Sealed(file.plain_size, file.plain_sha256, file.size, file.sha256):
        raise DamagedError("Its bytes are not those that were written.")
