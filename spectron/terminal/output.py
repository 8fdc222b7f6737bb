"""Results to standard output, words about them to standard error."""

import io
import json
import os
import re
from contextlib import AbstractContextManager
from typing import Any, TextIO

from rich.console import Console, RenderableType

from spectron.terminal.progress import Meter, meter
from spectron.terminal.tables import plain

# Wide enough that nothing is cut or wrapped where a program reads along.
UNBOUNDED = 10_000
C1_CONTROLS = re.compile("[\x7f-\x9f]")


class Output:
    """Writes for people or for programs; control characters from the server never reach the terminal."""

    def __init__(self, stdout: TextIO, stderr: TextIO) -> None:
        for stream in (stdout, stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        self._stdout = stdout
        self._stderr = stderr
        self._console, self._side_console = _console(stdout), _console(stderr)

    def json(self, document: Any) -> None:
        text = json.dumps(document, indent=2, ensure_ascii=False)
        self._stdout.write(C1_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")

    def show(self, renderable: RenderableType) -> None:
        self._console.print(renderable)

    def preview(self, renderable: RenderableType) -> None:
        """Something to look at before deciding, which is no result."""
        self._side_console.print(renderable)

    def line(self, text: str) -> None:
        """A line that is never wrapped, so that it can be copied."""
        self._stdout.write(f"{plain(text)}\n")

    def record(self, document: Any) -> None:
        """A document on one line, for programs that read along."""
        text = json.dumps(document, ensure_ascii=False)
        self._stdout.write(C1_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")
        self._stdout.flush()

    def text(self, text: str) -> None:
        """A piece of a text that is still being written, seen at once."""
        self._stdout.write(plain(text))
        self._stdout.flush()

    def bytes(self, piece: bytes) -> None:
        """Bytes as they are; on a stream that takes text alone, as the text they stand for."""
        if isinstance(self._stdout, io.TextIOWrapper):
            self._stdout.flush()
            self._stdout.buffer.write(piece)
        else:
            self._stdout.write(piece.decode(errors="backslashreplace"))

    def progress(self, *, quiet: bool) -> AbstractContextManager[Meter]:
        """Bars beside the results, on a terminal that somebody watches."""
        return meter(self._side_console, quiet=quiet)

    def note(self, text: str) -> None:
        self._stderr.write(f"{plain(text)}\n")

    def error(self, text: str) -> None:
        self.note(f"Error: {text}")

    def flush(self) -> None:
        self._stdout.flush()
        self._stderr.flush()

    def abandon(self) -> None:
        """Stop writing to a reader that left, also what is still buffered."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (self._stdout, self._stderr):
            if isinstance(stream, io.TextIOWrapper):
                os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else UNBOUNDED
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)
