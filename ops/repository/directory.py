"""A backup repository in a folder."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

from ops.repository.file_errors import reported
from ops.repository.location import FolderLocation
from ops.repository.storage import Readable, Storage, Stored, Tagged, Writer

UNFINISHED = ".unfinished"
GUARD = ".guard"
SMALL, LARGE = "small-", "large-"
SMALL_WRITES_TAKE_SECONDS = 3600


class DirectoryStorage(Storage):
    """Each file is written apart, synced, and renamed into its place; readable by their owner alone."""

    def __init__(self, location: FolderLocation) -> None:
        self._location = location
        self._root = location.path
        self._unfinished = self._root / UNFINISHED

    def __str__(self) -> str:
        return str(self._location)

    def create(self, name: str) -> Writer:
        with reported(self._location, f"write {name}"):
            return _FileWriter(self, self._location, name, *self._temporary(LARGE))

    @contextmanager
    def reading(self, name: str) -> Iterator[Readable]:
        with reported(self._location, f"read {name}"):
            file = (self._root / name).open("rb")
        with file:
            yield _ReportingFile(file, self._location, name)

    def list(self, prefix: str = "") -> Iterator[Stored]:
        with reported(self._location, "list its files"):
            # The folder that the prefix names is all that has to be walked.
            folder = self._root / prefix.rpartition("/")[0]
            found = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
            for path in sorted(found):
                name = path.relative_to(self._root).as_posix()
                if name.startswith(prefix) and not name.startswith((f"{UNFINISHED}/", GUARD)):
                    entry = path.stat()
                    yield Stored(name, entry.st_size, datetime.fromtimestamp(entry.st_mtime, UTC))

    def delete(self, name: str) -> None:
        path = self._root / name
        with reported(self._location, f"delete {name}"):
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self._root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()

    def read(self, name: str) -> Tagged | None:
        with reported(self._location, f"read {name}"):
            try:
                data = (self._root / name).read_bytes()
            except FileNotFoundError:
                return None
            return Tagged(data, sha256(data).hexdigest())

    def replace(self, name: str, data: bytes, tag: str | None) -> bool:
        with reported(self._location, f"write {name}"), self._guard():
            current = self.read(name)
            if (current.tag if current else None) != tag:
                return False
            self.put(name, data)
            return True

    def put(self, name: str, data: bytes) -> None:
        with reported(self._location, f"write {name}"):
            temporary, file = self._temporary(SMALL)
            try:
                with file:
                    _write(file, data)
                    self.publish(file, temporary, name)
            finally:
                temporary.unlink(missing_ok=True)

    def clear_unfinished(self) -> int:
        count = 0
        before = time.time() - SMALL_WRITES_TAKE_SECONDS
        with reported(self._location, "clear unfinished writes"):
            for file in [*self._unfinished.glob("*")]:
                # Marks are small files that others write without holding the lock.
                if file.name.startswith(LARGE) or file.stat().st_mtime < before:
                    file.unlink()
                    count += 1
        return count

    def check(self) -> None:
        with reported(self._location, "list its files"):
            next(self._root.iterdir(), None)

    def close(self) -> None:
        """Nothing is kept open."""

    def publish(self, file: IO[bytes], temporary: Path, name: str) -> None:
        """Give a written file its name, so that both survive the loss of power."""
        os.fsync(file.fileno())
        path = self._root / name
        while True:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                temporary.replace(path)
            except FileNotFoundError:
                if not temporary.exists():
                    raise
                continue  # a delete beside this write took the folder away while it was empty
            break
        for folder in path.parents:
            _sync(folder)
            if folder == self._root:
                break

    def _temporary(self, kind: str) -> tuple[Path, IO[bytes]]:
        # Nobody else gets past the root, whatever the folders below it allow.
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._unfinished.mkdir(mode=0o700, exist_ok=True)
        path = self._unfinished / f"{kind}{secrets.token_hex(8)}"
        return path, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", 0)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """One process at a time compares and replaces."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._root / GUARD).open("ab") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield


class _FileWriter(Writer):
    def __init__(
        self, storage: DirectoryStorage, location: FolderLocation, name: str, path: Path, file: IO[bytes]
    ) -> None:
        self._storage = storage
        self._location = location
        self._name = name
        self._path = path
        self._file = file

    def write(self, data: bytes, /) -> int:
        with reported(self._location, f"write {self._name}"):
            _write(self._file, data)
        return len(data)

    def commit(self) -> None:
        with reported(self._location, f"write {self._name}"), self._file:
            self._storage.publish(self._file, self._path, self._name)

    def abandon(self) -> None:
        self._file.close()
        with reported(self._location, f"clear {self._name}"):
            self._path.unlink(missing_ok=True)


class _ReportingFile:
    """A file whose read errors say which repository is concerned."""

    def __init__(self, file: IO[bytes], location: FolderLocation, name: str) -> None:
        self._file = file
        self._location = location
        self._name = name

    def read(self, size: int = -1, /) -> bytes:
        with reported(self._location, f"read {self._name}"):
            return self._file.read(size)


def _write(file: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
