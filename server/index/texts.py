"""The texts of chunks in a file, read where they are shown: they would outweigh all the rest in memory."""

import os
import tempfile
import zlib
from pathlib import Path
from typing import Self

BLOCK = 1 << 20


class Texts:
    """Appends texts and reads them by place; a text that is gone is overwritten."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._end = os.lseek(descriptor, 0, os.SEEK_END)

    @classmethod
    def at(cls, path: Path | None) -> Self:
        """The file of that name, made if it is missing; without a name, one that vanishes when it is closed."""
        if path is None:
            with tempfile.TemporaryFile() as file:
                return cls(os.dup(file.fileno()))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def append(self, text: str) -> tuple[int, int]:
        """Keep a text; where it begins and how many bytes it takes."""
        data = text.encode("utf-8", "replace")
        begin = self._end
        written = 0
        while written < len(data):
            written += os.pwrite(self._descriptor, data[written:], begin + written)
        self._end += len(data)
        return begin, len(data)

    def read(self, begin: int, size: int) -> str:
        return os.pread(self._descriptor, size, begin).decode("utf-8", "replace")

    def erase(self, begin: int, size: int) -> None:
        os.pwrite(self._descriptor, bytes(size), begin)

    def cut(self, end: int) -> None:
        """Forget what stands behind a place, such as the texts of a process that was killed."""
        os.ftruncate(self._descriptor, end)
        self._end = end

    def checksum(self, end: int) -> int:
        """Tells whether anything before that place has changed."""
        checksum = 0
        for begin in range(0, end, BLOCK):
            checksum = zlib.crc32(os.pread(self._descriptor, min(BLOCK, end - begin), begin), checksum)
        return checksum

    @property
    def end(self) -> int:
        return self._end

    def flush(self) -> None:
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)
