"""The originals of documents: which there are, and copies of those that no earlier set has."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from blake3 import blake3

from ops.dump import Frozen
from ops.errors import DamagedError, LockedError
from ops.progress import Reporter
from ops.repository.encryption import Identities, Recipients
from ops.repository.manifest import Failure, File, Manifest, Objects
from ops.repository.names import OBJECTS, inventory, stored_object
from ops.repository.sets import Repository
from ops.source import Original, Source
from spectron.errors import NotFoundError, SpectronError


class Entry(Frozen):
    """One original, and where in the repository its copy is, if it was copied."""

    context: str
    document: str
    content_hash: str
    size: int
    uploaded_at: datetime | None = None
    stored: File | None = None


class Inventory:
    """Lists what a set's Contexts refer to; with `copying`, an original that can't be copied is on record as failed."""

    def __init__(
        self,
        source: Source,
        repository: Repository,
        set_id: str,
        recipients: Recipients,
        *,
        copying: bool,
        earlier: Iterable[Manifest],
        reporter: Reporter,
    ) -> None:
        self._source = source
        self._repository = repository
        self._set_id = set_id
        self._recipients = recipients
        self._copying = copying
        self._copies = _copies_to_use(repository, recipients, earlier) if copying else {}
        self._advance = reporter.part("documents")
        self._count = 0
        self._bytes = 0
        self.failures: list[Failure] = []

    def take(self, contexts: Sequence[str]) -> Objects:
        """Write the list, copying as it grows."""
        file = self._repository.add(inventory(self._set_id), self._lines(contexts), Recipients(), lambda _: None)
        return Objects(file=file, count=self._count, bytes=self._bytes, copied=self._copying)

    def _lines(self, contexts: Sequence[str]) -> Iterator[bytes]:
        for context in contexts:
            try:
                originals = self._source.originals(context)
            except SpectronError as error:
                self.failures.append(Failure(part=f"documents of {context}", message=str(error)))
                continue
            for original in originals:
                entry = self._entry(context, original)
                if entry is not None:
                    self._count += 1
                    self._bytes += entry.size
                    yield entry.model_dump_json().encode() + b"\n"

    def _entry(self, context: str, original: Original) -> Entry | None:
        """What is listed; None for a document that is there no more."""
        entry = Entry(
            context=context,
            document=original.document,
            content_hash=original.content_hash,
            size=original.size,
            uploaded_at=original.uploaded_at,
        )
        if not self._copying:
            return entry
        try:
            return entry.model_copy(update={"stored": self._copied(context, original)})
        except LockedError:
            raise
        except SpectronError as error:
            if self._has_gone(context, original, error):
                return None
            self.failures.append(Failure(part=f"document {original.document} of {context}", message=str(error)))
            return entry

    def _has_gone(self, context: str, original: Original, error: SpectronError) -> bool:
        """Whether there is no copy because the document was deleted since the list of them was read."""
        try:
            return isinstance(error, NotFoundError) and not self._source.has(context, original.document)
        except SpectronError:
            return False  # the first error is the one to tell

    def _copied(self, context: str, original: Original) -> File:
        copy = self._copies.get(original.content_hash)
        if copy is None:
            name = stored_object(original.content_hash, self._set_id, self._recipients)
            copy = self._copies[original.content_hash] = self._copy(name, context, original)
        return copy

    def _copy(self, name: str, context: str, original: Original) -> File:
        digest = blake3()

        def see(piece: bytes) -> None:
            digest.update(piece)
            self._advance(len(piece))

        file = self._repository.add(name, self._source.original(context, original.document), self._recipients, see)
        if digest.hexdigest() != original.content_hash:
            self._repository.storage.delete(name)
            raise DamagedError(
                f"The original of {original.document} is not what was uploaded: its hash is not "
                f"{original.content_hash}. Bring it back from an earlier set or from the versions in the bucket."
            )
        return file


def entries(repository: Repository, objects: Objects) -> list[Entry]:
    """What an inventory lists."""
    data = bytearray()
    sealed = repository.read(objects.file, encrypted=False, identities=Identities(), sink=data.extend)
    if sealed.plain_sha256 != objects.file.plain_sha256:
        raise DamagedError(f"{objects.file.name} is damaged: its bytes are not those that were written.")
    return [Entry.model_validate_json(line) for line in data.splitlines()]


def _copies_to_use(repository: Repository, recipients: Recipients, earlier: Iterable[Manifest]) -> dict[str, File]:
    """The copies of the newest set with copies for the same readers, as far as they are there."""
    for manifest in earlier:
        if manifest.objects is not None and manifest.objects.copied and manifest.recipients == recipients.texts:
            try:
                found = entries(repository, manifest.objects)
            except SpectronError:
                continue  # an older set will do; `verify` is there to tell of damage
            there = {stored.name: stored.size for stored in repository.storage.list(OBJECTS)}
            return {
                entry.content_hash: entry.stored
                for entry in found
                if entry.stored is not None and there.get(entry.stored.name) == entry.stored.size
            }
    return {}
