"""Text that grows piece by piece, clean and within its limit."""

import re

from server.core.errors import ExtractionError
from server.documents.extraction.result import MIB, Extracted, Limits, Section

# What neither a reader nor the database can use: control characters, halves of surrogate pairs, non-characters.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NEWLINES = re.compile("\r\n?|\x0c|\x85|\u2028|\u2029")
_MAX_TITLE = 300


def clean(text: str) -> str:
    """The same text with one kind of line end and only characters that can be stored."""
    return _UNUSABLE.sub("", _NEWLINES.sub("\n", text))


def one_line(text: str) -> str:
    """A heading or title: no line ends, no runs of white space, no excessive length."""
    return " ".join(clean(text).split())[:_MAX_TITLE]


class TextBuilder:
    """Collects blocks of text and remembers where headings and pages begin."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.text_bytes
        self._limit = limits.text_bytes
        self._parts: list[str] = []
        self._length = 0
        self._sections: list[Section] = []
        self._pages: list[int] = []

    @property
    def blank(self) -> bool:
        """Whether all there is so far is white space."""
        return not any(part.strip() for part in self._parts)

    def add(self, text: str) -> None:
        """Append text as it is; only its characters are cleaned."""
        text = clean(text)
        self._left -= len(text) if text.isascii() else len(text.encode())
        if self._left < 0:
            raise ExtractionError(
                f"The file holds more than {self._limit // MIB} MB of text, which is the limit; "
                "split it into smaller files and upload those."
            )
        self._parts.append(text)
        self._length += len(text)

    def block(self, text: str) -> None:
        """Append a paragraph, followed by an empty line; nothing if it is blank."""
        if stripped := text.strip():
            self.add(f"{stripped}\n\n")

    def heading(self, title: str, level: int) -> None:
        """Append a heading and begin a section with it."""
        if shown := one_line(title):
            self.section(shown, level)
            self.add(f"{shown}\n\n")

    def section(self, title: str, level: int) -> None:
        """Begin a section here whose heading is part of the text that follows."""
        if shown := one_line(title):
            self._sections.append(Section(shown, level, self._length))

    def page(self) -> None:
        """Begin a page here."""
        self._pages.append(self._length)

    def build(self, mime_type: str, title: str | None) -> Extracted:
        """What was collected; it must be more than white space."""
        if self.blank:
            raise ExtractionError("The file is empty: it holds no text at all. Upload one that does.")
        return Extracted(
            "".join(self._parts),
            mime_type,
            one_line(title or "") or None,
            tuple(self._sections),
            tuple(self._pages),
        )
