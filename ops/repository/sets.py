"""The sets of a repository."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.errors import DamagedError, NothingToDoError, NotThereError, RefusedError, RepositoryError
from ops.repository.encryption import Identities, Recipients
from ops.repository.lock import Lock
from ops.repository.manifest import File, Manifest
from ops.repository.marks import Marks
from ops.repository.names import MANIFEST, SETS, manifest_of, owner_of
from ops.repository.sealing import Sealed, Watch, seal, unseal
from ops.repository.storage import Storage

NO_KEY = "is encrypted. Give the file of its age key with --identity, or in SPECTRON_BACKUP_IDENTITY."


@dataclass(frozen=True, slots=True)
class Listing:
    """Every set, the newest first; and the manifests that can't be read, with the reason."""

    sets: tuple[Manifest, ...]
    damaged: dict[str, str]
    unfinished: tuple[str, ...]

    def named(self, set_id: str) -> Manifest | None:
        """The set of that id, if it can be read."""
        return next((one for one in self.sets if one.id == set_id), None)

    @property
    def newest_good(self) -> Manifest | None:
        """A set of every Context wins over newer ones of single Contexts."""
        good = [one for one in self.sets if one.good]
        return next((one for one in good if one.complete), good[0] if good else None)


class Repository:
    """Reads sets, and writes them under its lock."""

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self.storage = storage
        self.now = now
        self.marks = Marks(storage, now)

    def __str__(self) -> str:
        return str(self.storage)

    def lock(self, purpose: str) -> Lock:
        return Lock(self.storage, purpose, self.now)

    def listing(self) -> Listing:
        names = [stored.name for stored in self.storage.list(SETS)]
        published = {owner_of(name) for name in names if name == manifest_of(owner_of(name))}
        sets, damaged = [], {}
        for set_id in sorted(published, reverse=True):
            try:
                sets.append(self._manifest(set_id))
            except DamagedError as error:
                damaged[set_id] = str(error)
            except NotThereError:
                continue  # pruned since the names were listed
        # Two of one second have names in any order.
        sets.sort(key=lambda one: (one.started_at, one.id), reverse=True)
        return Listing(tuple(sets), damaged, tuple(sorted({owner_of(name) for name in names} - published)))

    def get(self, set_id: str) -> Manifest:
        """The set of that id, or the newest good one for `latest`."""
        if set_id == "latest":
            return self._latest()
        if "/" in set_id or set_id in {"", ".", ".."}:
            raise NotThereError(f"{set_id!r} is not the id of a set. List them with `spectron-ops backup list`.")
        try:
            return self._manifest(set_id)
        except NotThereError as error:
            raise NotThereError(
                f"There is no set {set_id} in {self}. List them with `spectron-ops backup list`."
            ) from error

    def _latest(self) -> Manifest:
        listing = self.listing()
        newest = listing.newest_good
        # An older set must not stand in for a damaged one without anybody noticing.
        for set_id in sorted(listing.damaged, reverse=True)[:1]:
            if newest is None or set_id > newest.id:
                other = f" The newest good one is {newest.id}: name it instead of `latest`." if newest else ""
                raise DamagedError(f"The newest set can't be used: {listing.damaged[set_id]}{other}")
        if newest is None:
            raise NothingToDoError(f"There is no good set in {self}. Make one with `spectron-ops backup run`.")
        return newest

    def add(self, name: str, stream: Iterable[bytes], recipients: Recipients, watch: Watch) -> File:
        """Seal a stream into a file of a set that is being made."""
        with self.storage.writing(name) as writer:
            sealed = seal(stream, writer, recipients, watch)
        return File(
            name=name,
            size=sealed.size,
            sha256=sealed.sha256,
            plain_size=sealed.plain_size,
            plain_sha256=sealed.plain_sha256,
        )

    def publish(self, manifest: Manifest, lock: Lock) -> None:
        """Make a set one, after a last look at whether its files are there and the repository is still ours."""
        there = {stored.name: stored.size for stored in self.storage.list(f"{SETS}{manifest.id}/")}
        lost = [file.name for file in manifest.files if there.get(file.name) != file.size]
        if lost:
            raise RepositoryError(
                f"{', '.join(lost)} in {self} is not as it was written: something else deletes or changes files there. "
                "Look at lifecycle rules and other users of it, then run the backup again."
            )
        lock.renew()
        self.storage.put(manifest_of(manifest.id), manifest.encode())

    def read(self, file: File, *, encrypted: bool, identities: Identities, sink: Watch) -> Sealed:
        """Read a file to its end, its content piece by piece into `sink`; what it is is for the caller to compare."""
        if encrypted and not identities:
            raise RefusedError(f"{file.name} {NO_KEY}")
        with self.storage.reading(file.name) as reader:
            return unseal(reader, encrypted=encrypted, identities=identities, sink=sink)

    def require_key(self, manifest: Manifest, identities: Identities) -> None:
        """`RefusedError` if the set is encrypted and nothing is there to read it."""
        if manifest.encrypted and not identities:
            raise RefusedError(f"{manifest.id} {NO_KEY}")

    def delete(self, set_id: str, lock: Lock) -> None:
        """Its manifest first: interrupted at any point, what is left is no set."""
        lock.renew()
        self.storage.delete(manifest_of(set_id))
        self._delete_files([set_id])
        self.marks.forget(set_id)

    def clear_unfinished(self, lock: Lock) -> int:
        """Remove what interrupted runs left; returns how many sets and uploads that were."""
        lock.renew()
        unfinished = self.listing().unfinished
        self._delete_files(unfinished)
        return len(unfinished) + self.storage.clear_unfinished()

    def is_protected(self, set_id: str) -> bool:
        """Whether somebody holds or reads it at this moment."""
        marked = self.marks.of(set_id)
        return marked.held is not None or marked.read is not None

    def _manifest(self, set_id: str) -> Manifest:
        tagged = self.storage.read(manifest_of(set_id))
        if tagged is None:
            raise NotThereError(f"{set_id} has no {MANIFEST}.")
        manifest = Manifest.decode(tagged.data, f"{manifest_of(set_id)} in {self}")
        if manifest.id != set_id:
            raise DamagedError(f"{manifest_of(set_id)} in {self} is that of another set, {manifest.id}.")
        return manifest

    def _delete_files(self, set_ids: Sequence[str]) -> None:
        for set_id in set_ids:
            for stored in [*self.storage.list(f"{SETS}{set_id}/")]:
                self.storage.delete(stored.name)
