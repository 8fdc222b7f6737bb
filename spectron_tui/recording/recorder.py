"""Writes a recording, line by line."""

import os
from pathlib import Path

import zstandard

from spectron.errors import ArgumentError
from spectron_tui.recording.answer import Answer, Header

PRIVATE = 0o600
LEVEL = 9


class Recorder:
    """Each answer is in the file as soon as it is kept, so that an end at any moment loses at most one of them.

    A file that can no longer be written ends the recording, not the dashboard.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.url = header.url
        self.trouble: str | None = None
        """Why nothing is recorded any more."""
        self._path = path
        self._before: dict[str, Answer] = {}
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        except FileExistsError as error:
            raise ArgumentError(f"{path} is there already. Record to another file, or move it away.") from error
        except OSError as error:
            raise ArgumentError(f"Can't record to {path}: {error.strerror}.") from error
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
        self._write(header.line())

    def keep(self, answer: Answer) -> None:
        """Write one answer down."""
        if self.trouble is None:
            self._write(answer.line(self._before.get(answer.asked)))
            self._before[answer.asked] = answer

    def close(self) -> None:
        """Nothing follows."""
        if self.trouble is None:
            self._write(b"", zstandard.COMPRESSOBJ_FLUSH_FINISH)
            self._end("The recording is closed.")

    def _write(self, line: bytes, flush: int = zstandard.COMPRESSOBJ_FLUSH_BLOCK) -> None:
        left = memoryview(self._compressor.compress(line) + self._compressor.flush(flush))
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            self._end(f"{self._path} can't be written: {error.strerror}. What was recorded until now can be played.")

    def _end(self, why: str) -> None:
        os.close(self._file)
        self.trouble = why
