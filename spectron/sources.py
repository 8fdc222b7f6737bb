"""Files on their way to the server."""

import os
from collections.abc import Callable
from io import SEEK_END, SEEK_SET, BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from spectron.errors import ArgumentError

FileLike = str | os.PathLike[str] | bytes | BinaryIO
Progress = Callable[[int, int | None], None]
"""Told how many bytes have gone, and of how many if that is known."""

UNNAMED = "document"


class Source:
    """A file to upload: of a path, of bytes, or open for reading; what it opened itself it closes."""

    def __init__(
        self,
        file: FileLike,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._own = not hasattr(file, "read")
        self._file = _opened(file)
        named = filename or (Path(file).name if isinstance(file, str | os.PathLike) else _name(self._file))
        # A name on disk need not be text; what can't be sent is replaced.
        self.filename = (named or UNNAMED).encode(errors="replace").decode()
        self.content_type = content_type
        self._progress = progress

    @property
    def repeatable(self) -> bool:
        """Whether it can be read a second time; a pipe can't."""
        seekable: Callable[[], bool] | None = getattr(self._file, "seekable", None)
        return seekable is not None and seekable()

    def part(self) -> tuple[str, BinaryIO] | tuple[str, BinaryIO, str]:
        """Itself as httpx takes the part of a form."""
        reader: object = Reader(self._file, self._progress)
        if self.repeatable:
            reader = SeekingReader(self._file, self._progress)
        file: BinaryIO = reader  # type: ignore[assignment]  # httpx reads, and seeks where it can; nothing else
        return (self.filename, file, self.content_type) if self.content_type else (self.filename, file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._own:
            self._file.close()


class Reader:
    """A file that can only be read on, and says how far it was."""

    def __init__(self, file: BinaryIO, progress: Progress | None) -> None:
        self._file = file
        self._progress = progress
        self._total: int | None = None
        self._done = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        if not isinstance(piece, bytes):
            raise ArgumentError("The file is open as text. Open it in binary mode: open(path, 'rb').")
        self._done += len(piece)
        if self._progress and piece:
            self._progress(self._done, self._total)
        return piece


class SeekingReader(Reader):
    """One that can also be read from the start again, so that its length is known before."""

    def __init__(self, file: BinaryIO, progress: Progress | None) -> None:
        super().__init__(file, progress)
        self._total = file.seek(0, SEEK_END)
        file.seek(0)

    def seek(self, position: int, whence: int = SEEK_SET) -> int:
        self._done = 0
        return self._file.seek(position, whence)

    def tell(self) -> int:
        return self._file.tell()


def _opened(file: FileLike) -> BinaryIO:
    if isinstance(file, bytes):
        return BytesIO(file)
    if isinstance(file, str | os.PathLike):
        try:
            return Path(file).open("rb")
        except OSError as error:
            raise ArgumentError(f"Can't read {os.fspath(file)}: {error.strerror}. Name a file to upload.") from error
    return file


def _name(file: BinaryIO) -> str | None:
    name = getattr(file, "name", None)
    return Path(name).name if isinstance(name, str) and not name.startswith("<") else None
