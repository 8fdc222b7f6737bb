"""A recording in memory: what was answered at which moment."""

import io
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import zstandard

from spectron.errors import ArgumentError
from spectron_tui.recording.answer import FORMAT, VERSION, Answer, read_answer

PIECE = 1 << 16
ONE_LOOK = timedelta(seconds=5)
"""Answers that come within this time were seen together."""


class Tape:
    """Answers in the order of their time; `flaw` says why there are no more of them."""

    def __init__(self, url: str, answers: Sequence[Answer], flaw: str | None = None) -> None:
        self.url = url
        self.begins, self.ends = answers[0].at, answers[-1].at
        self.flaw = flaw
        self._by_question: dict[str, list[Answer]] = defaultdict(list)
        for answer in answers:
            self._by_question[answer.asked].append(answer)

    def answer(self, asked: str, at: datetime) -> Answer | None:
        """The last answer to that question until then, or the first if it came right after."""
        given = self._by_question.get(asked, [])
        index = bisect_right(given, at, key=lambda answer: answer.at)
        if index:
            return given[index - 1]
        return given[0] if given and given[0].at - at <= ONE_LOOK else None

    def first(self, asked: str) -> datetime | None:
        """When that question was answered for the first time."""
        return next((answer.at for answer in self._by_question.get(asked, [])), None)


def load(path: Path) -> Tape:
    """The recording in a file."""
    try:
        with path.open("rb") as file:
            return play(file, str(path))
    except OSError as error:
        raise ArgumentError(f"Can't read {path}: {error.strerror}.") from error


def play(file: BinaryIO, name: str) -> Tape:
    """The recording that is read; one that is cut off or damaged ends where that begins."""
    lines = _Lines(file)
    url = _url(next(iter(lines), b""), name)
    answers: list[Answer] = []
    before: dict[str, Answer] = {}
    flaw = None
    for line in lines:
        try:
            answer = read_answer(json.loads(line), before)
        except (ValueError, KeyError, TypeError, AttributeError):
            flaw = "damaged"
            break
        if answers and answer.at < answers[-1].at:
            # The clock of the machine was put back; the order of the lines is the one that happened.
            answer = Answer(answer.asked, answers[-1].at, answer.status, answer.body, answer.kind)
        before[answer.asked] = answer
        answers.append(answer)
    flaw = flaw or lines.flaw
    if not answers:
        raise ArgumentError(f"{name} holds no answer{f': it is {flaw}' if flaw else ''}. There is nothing to play.")
    return Tape(url, answers, flaw)


def _url(line: bytes, name: str) -> str:
    try:
        header = json.loads(line)
        kind, version, url = header["format"], header["version"], str(header["url"])
    except (ValueError, KeyError, TypeError):
        kind, version, url = None, None, ""
    if kind != FORMAT:
        raise ArgumentError(f"{name} is no recording of the dashboard. `spectron-tui --record FILE` makes one.")
    if version != VERSION:
        raise ArgumentError(
            f"{name} is a recording of version {version}; this dashboard plays version {VERSION}. "
            "Use the release that made it."
        )
    return url


class _Lines:
    """The whole lines of a compressed file, as far as it can be read."""

    def __init__(self, file: BinaryIO) -> None:
        self.flaw: str | None = None
        self._lines = self._read(file)

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def _read(self, file: BinaryIO) -> Iterator[bytes]:
        decompressor = zstandard.ZstdDecompressor().decompressobj()
        rest = b""
        while piece := file.read(PIECE):
            try:
                text = decompressor.decompress(piece)
            except zstandard.ZstdError:
                self.flaw = "damaged"
                return
            *whole, rest = (rest + text).split(b"\n")
            yield from whole
        if not decompressor.eof:
            self.flaw = "cut off"


def packed(data: bytes, name: str) -> Tape:
    """The recording in these bytes."""
    return play(io.BytesIO(data), name)
