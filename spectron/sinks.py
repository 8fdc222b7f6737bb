"""Files on their way from the server."""

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from blake3 import blake3

from spectron.errors import ArgumentError, ResponseError

PIECE = 1024 * 1024
HASH_LENGTH = 12


class Sink:
    """A download to a file, which appears under its name when it is whole and the right one.

    Until then it stands beside it, under a name that tells whose bytes it holds: an interrupted download goes on there.
    """

    def __init__(self, path: str | os.PathLike[str], *, size: int, content_hash: str) -> None:
        self.path = Path(path)
        self.size = size
        self._expected = content_hash
        self._part = self.path.with_name(f".{self.path.name}.{content_hash[:HASH_LENGTH]}.part")
        self._hash = blake3()
        self._file: BinaryIO
        self.done = 0
        """How many bytes are there already."""

    def __enter__(self) -> Self:
        try:
            self._file = self._part.open("a+b")
            self._file.seek(0)
            while piece := self._file.read(PIECE):
                self._count(piece)
            if self.done > self.size:
                self._start_again()
        except OSError as error:
            raise self._unwritable(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()
        if not self.done:
            self._part.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            raise self._unwritable(error) from error
        self._count(piece)

    def finish(self) -> None:
        """Put the file under its name, if its bytes are the document's."""
        try:
            self._file.flush()
            if self._hash.hexdigest() != self._expected:
                self._start_again()
                raise ResponseError(f"What came for {self.path.name} is not what was stored. Download it again.")
            os.fsync(self._file.fileno())
            self._part.replace(self.path)
        except OSError as error:
            raise self._unwritable(error) from error

    def _count(self, piece: bytes) -> None:
        self._hash.update(piece)
        self.done += len(piece)

    def _start_again(self) -> None:
        self._file.truncate(0)
        self._hash = blake3()
        self.done = 0

    def _unwritable(self, error: OSError) -> ArgumentError:
        return ArgumentError(f"Can't write {self.path}: {error.strerror}. Name another place for the file.")
