"""A second copy of a store's files, of which most are shared with the first."""

import os
import shutil
from pathlib import Path

SORTED_TABLES = "sstables"
VALUES = "vlog"
OWNED = frozenset({"LOCK", "owner.lock"})


class StoreCopy:
    """Takes the files of a closed store: what never changes is linked, what only grows is copied afterwards.

    SurrealKV writes a sorted table once. A value log only grows, and only the newest one does; its first bytes are the
    same for ever. Everything else is small. Where the file system has no links, what would be linked is held open and
    copied afterwards too, whatever the store has done with the name meanwhile.
    """

    def __init__(self, store: Path, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._held: list[tuple[int, int, Path]] = []

    def take(self) -> None:
        """Take all files; the store must be closed and stays as it is."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, parents=True)
        newest = max((self._store / VALUES).glob("*"), default=None)
        for file in sorted(self._store.rglob("*")):
            place = file.relative_to(self._store)
            target = self._folder / place
            if file.is_dir():
                target.mkdir()
            elif file == newest:
                self._hold(file, target)
            elif place.parts[0] in {SORTED_TABLES, VALUES}:
                self._link(file, target)
            elif file.name not in OWNED:
                shutil.copyfile(file, target)

    def complete(self) -> None:
        """Copy what was only held; the store may be in use again."""
        while self._held:
            descriptor, size, target = self._held.pop()
            try:
                with target.open("wb") as copy:
                    _copy(descriptor, copy.fileno(), size)
            finally:
                os.close(descriptor)

    def close(self) -> None:
        """Let go of what is still held."""
        while self._held:
            os.close(self._held.pop()[0])

    def _link(self, file: Path, target: Path) -> None:
        try:
            target.hardlink_to(file)
        except OSError:
            self._hold(file, target)

    def _hold(self, file: Path, target: Path) -> None:
        descriptor = os.open(file, os.O_RDONLY)
        self._held.append((descriptor, os.fstat(descriptor).st_size, target))


def _copy(source: int, target: int, size: int) -> None:
    """The first bytes of a file, moved by the system itself."""
    done = 0
    while done < size:
        sent = os.sendfile(target, source, done, size - done)
        if not sent:
            raise OSError(None, "a file of the store has become shorter")
        done += sent
