"""What is taken from a file, and how much a file may take."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Section:
    """A heading: the part of the text from `offset` on stands below it. `level` 1 is the highest."""

    title: str
    level: int
    offset: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file; offsets count characters of it, and `pages` has one for the beginning of each page."""

    text: str
    mime_type: str
    title: str | None = None
    sections: tuple[Section, ...] = ()
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the reading of one file is stopped."""

    seconds: float = 120.0
    memory_bytes: int = 2048 * MIB
    pages: int = 5_000
    text_bytes: int = 64 * MIB
    unpacked_bytes: int = 512 * MIB
    unpacked_ratio: int = 200
