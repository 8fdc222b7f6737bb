"""Takes a dump apart while it comes in: only what a dump consists of, in the order in which it has it."""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from server.core.errors import UnprocessableError
from server.store.dumps.literals import only_values
from server.store.dumps.marks import FOREIGN, OPENING, TRAILER, Header, Trailer
from server.store.dumps.writing import BLOCK_BEGIN, BLOCK_END

LARGEST_LINE = 128 * 1024 * 1024
CUT = "The dump is cut: its last line, which proves what it holds, is missing. Fetch it again, or take another copy."
INSERT = re.compile(r"INSERT (?P<relation>RELATION )?INTO (?P<table>[A-Za-z_][A-Za-z0-9_]*) ")
DEFINE = re.compile(r"DEFINE [A-Z]+ .*;", re.DOTALL)


@dataclass(frozen=True)
class Rows:
    """Rows of one table, either encoded or as text that holds nothing but values."""

    table: str
    relation: bool
    encoded: bytes | None
    text: str


@dataclass(frozen=True)
class Definition:
    """One definition; `late` ones come after the rows."""

    text: str
    late: bool


Part = Header | Definition | Rows | Trailer


async def parts(pieces: AsyncIterator[bytes]) -> AsyncIterator[Part]:
    """The parts of a dump: its header, definitions, rows, more definitions, and its trailer.

    `UnprocessableError` at the first line that is none of these, and at the end if the trailer has not come.
    """
    number, described, rows_began, ended = 0, False, False, False
    async for line in _lines(pieces):
        number += 1
        if ended:
            raise UnprocessableError(f"The dump goes on after its last line, in line {number}; it was damaged.")
        if number == 1:
            if line != OPENING:
                raise UnprocessableError(FOREIGN)
        elif not described:
            described = True
            yield Header.parsed(line)
        elif line.startswith(TRAILER):
            ended = True
            yield Trailer.parsed(line)
        elif match := INSERT.match(line):
            rows_began = True
            yield _rows(line, match, number)
        elif DEFINE.fullmatch(line):
            yield Definition(
                line.removesuffix(";"), late=rows_began or line.startswith(("DEFINE INDEX ", "DEFINE EVENT "))
            )
        else:
            raise UnprocessableError(f"Line {number} of the dump is no statement that a dump has: {line[:60]!r}.")
    if not ended:
        raise UnprocessableError(CUT if number else FOREIGN)


def _rows(line: str, match: re.Match[str], number: int) -> Rows:
    value = line[match.end() :]
    table, relation = match["table"], match["relation"] is not None
    if value.startswith(BLOCK_BEGIN):
        encoded = _block(value)
        if encoded is None:
            raise UnprocessableError(f"The block of rows in line {number} of the dump is damaged.")
        return Rows(table, relation, encoded, "")
    if not (value.startswith("[") and value.endswith("];") and only_values(value[:-1])):
        raise UnprocessableError(
            f"The rows in line {number} of the dump are damaged, or hold something that is not a plain value."
        )
    return Rows(table, relation, None, value[:-1])


def _block(value: str) -> bytes | None:
    if not value.endswith(BLOCK_END):
        return None
    text = value[len(BLOCK_BEGIN) : -len(BLOCK_END)].encode()
    try:
        rows = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    # The last character has bits that mean nothing.
    return rows if base64.b64encode(rows) == text else None


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Whole lines; what comes after the last line's end is a line that was cut."""
    rest: list[bytes] = []
    size = 0
    async for piece in pieces:
        *whole, last = piece.split(b"\n")
        for line in whole:
            yield _text(b"".join([*rest, line]))
            rest, size = [], 0
        rest.append(last)
        size += len(last)
        if size > LARGEST_LINE:
            raise UnprocessableError(f"A line of the dump is longer than {LARGEST_LINE} bytes; no dump has such lines.")
    if size:
        raise UnprocessableError(CUT)


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise UnprocessableError("This is not UTF-8 throughout: it is not a dump, or a damaged one.") from None
