"""Objects as files in a folder."""

import errno
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, ParamSpec, TypeVar

from blake3 import blake3

from server.core.errors import UnavailableError, ValidationError
from server.objects.buffering import regrouped
from server.objects.store import READ_SIZE, ObjectStat, ObjectStore, StoredObject, checked_key, checked_range, missing
from server.objects.threads import Threads

UNFINISHED = ".unfinished"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_LIST_BATCH = 500
P = ParamSpec("P")
T = TypeVar("T")


class FileObjectStore(ObjectStore):
    """Each object is one file whose path below the root is its key.

    A write goes to a file of its own, which is renamed into place once its bytes are on the disk; after a crash
    there is either the whole object or none.
    """

    def __init__(self, root: Path, *, threads: int = 8) -> None:
        self._root = root.absolute()
        self._unfinished = self._root / UNFINISHED
        self._threads = Threads(threads, "objects")

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> StoredObject:
        path = self._path(key)
        what = f"store {key}"
        temporary = self._unfinished / secrets.token_hex(16)
        digest = blake3()
        file = await self._reporting(what, self._threads.open(self._create, temporary))
        try:
            async for chunk in regrouped(chunks, READ_SIZE):
                await self._run(what, _append, file, chunk, digest)
            size = await self._run(what, self._publish, file, temporary, path)
        finally:
            file.close()
            with suppress(OSError):  # what stays is found by `clear_unfinished`; the first error is the one to tell
                temporary.unlink()
        return StoredObject(key, size, digest.hexdigest())

    async def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        checked_range(start, end)
        path = self._path(key)
        what = f"read {key}"
        file = await self._reporting(what, self._threads.open(_opened, path))
        if file is None:
            raise missing(key)
        with file:
            position = await self._run(what, file.seek, start) if start else 0
            while end is None or position < end:
                wanted = READ_SIZE if end is None else min(READ_SIZE, end - position)
                chunk = await self._run(what, file.read, wanted)
                if not chunk:
                    return
                position += len(chunk)
                yield chunk
                if len(chunk) < wanted:
                    return

    async def stat(self, key: str) -> ObjectStat:
        size = await self._run(f"look at {key}", _size, self._path(key))
        if size is None:
            raise missing(key)
        return ObjectStat(key, size)

    async def delete(self, key: str) -> None:
        await self._run(f"delete {key}", self._remove, self._path(key))

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectStat]:
        walk = self._walk(self._root, prefix)
        while batch := await self._run("list objects", lambda: [*islice(walk, _LIST_BATCH)]):
            for found in batch:
                yield found

    async def clear_unfinished(self, before: datetime) -> int:
        return await self._run("clear unfinished writes", self._clear, before.timestamp())

    async def ping(self) -> None:
        await self._run("write a file", self._probe)

    async def close(self) -> None:
        self._threads.close()

    def _path(self, key: str) -> Path:
        path = self._root / checked_key(key)
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise ValidationError(f"{key!r} leads out of {self._root} through a symbolic link; remove that link.")
        return path

    def _create(self, temporary: Path) -> IO[bytes]:
        self._unfinished.mkdir(parents=True, exist_ok=True)
        return temporary.open("xb", 0)

    def _publish(self, file: IO[bytes], temporary: Path, path: Path) -> int:
        size = file.tell()
        os.fsync(file.fileno())
        while True:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.replace(path)
            except FileNotFoundError:
                if not temporary.exists():
                    raise
                continue  # a delete beside this write took the folder away while it was empty
            break
        # Another write may have made a folder without having synced it yet, so that all of them are.
        for folder in path.parents:
            _sync_folder(folder)
            if folder == self._root:
                break
        return size

    def _remove(self, path: Path) -> None:
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return
        _sync_folder(path.parent)
        for folder in path.parents:
            if folder == self._root:
                return
            try:
                folder.rmdir()
            except OSError:
                return  # not empty: other objects live there

    def _walk(self, folder: Path, prefix: str) -> Iterator[ObjectStat]:
        """In the order of whole keys, which is not that of names: `a-b/c` comes before `a/b`."""
        try:
            entries = [*os.scandir(folder)]
        except FileNotFoundError:
            return
        named = [(f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name, entry) for entry in entries]
        for name, entry in sorted(named, key=lambda pair: pair[0]):
            key = f"{Path(entry.path).relative_to(self._root).as_posix()}{'/' if name.endswith('/') else ''}"
            if key.startswith(f"{UNFINISHED}/"):
                continue
            if name.endswith("/"):
                if key.startswith(prefix) or prefix.startswith(key):
                    yield from self._walk(Path(entry.path), prefix)
            elif key.startswith(prefix) and entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):  # deleted since the folder was read
                    yield ObjectStat(key, entry.stat().st_size)

    def _clear(self, before: float) -> int:
        count = 0
        for file in self._unfinished.glob("*"):
            with suppress(FileNotFoundError):  # its write has just been finished
                if file.stat().st_mtime <= before:
                    file.unlink()
                    count += 1
        return count

    def _probe(self) -> None:
        probe = self._unfinished / f"ping-{secrets.token_hex(8)}"
        try:
            with self._create(probe) as file:
                file.write(b"1")
        finally:
            probe.unlink(missing_ok=True)

    async def _run(self, what: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._reporting(what, self._threads.run(call, *args, **kwargs))

    async def _reporting(self, what: str, call: Awaitable[T]) -> T:
        """Wait for a blocking call; an error of the file system becomes one that says what to do."""
        try:
            return await call
        except OSError as error:
            if error.errno in _FULL:
                remedy = "the disk or its quota is full; free space or move the object store to a larger disk"
            elif error.errno in _READ_ONLY:
                remedy = "the server may not write there; mount it read-write and give the folder to the server's user"
            else:
                remedy = "check that the disk is mounted and healthy"
            raise UnavailableError(
                f"The object store in {self._root} could not {what}: {remedy} ({error.strerror or error}).",
                retry_after=30.0,
            ) from error


def _append(file: IO[bytes], chunk: bytes, digest: blake3) -> None:
    digest.update(chunk)
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) :]


def _sync_folder(folder: Path) -> None:
    """Make a change of its entries durable; a folder that a delete has just taken away needs that no more."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> IO[bytes] | None:
    try:
        return path.open("rb", 0)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
