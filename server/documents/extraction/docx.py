"""Word documents, by python-docx."""

import re
import zipfile
import zlib
from pathlib import Path

import docx
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from server.core.errors import ExtractionError
from server.documents.extraction.building import TextBuilder
from server.documents.extraction.kinds import Kind
from server.documents.extraction.result import MIB, Extracted, Limits

_HEADING_STYLE = re.compile(r"heading ([1-9])")
_SMALL = 10 * MIB
_MAX_DEPTH = 8


def extract_docx(path: Path, limits: Limits) -> Extracted:
    """Paragraphs and tables in the order of the document; heading styles become sections."""
    try:
        _refuse_bombs(path, limits)
        document = docx.Document(str(path))
    except ExtractionError:
        raise
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, zlib.error, LxmlError, NotImplementedError) as error:
        raise ExtractionError(
            f"The Word document is damaged ({type(error).__name__}). "
            "Open it in Word, save it again as .docx and upload that."
        ) from None
    return _Reader(document, TextBuilder(limits)).read()


def _refuse_bombs(path: Path, limits: Limits) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise ExtractionError("The document is protected by a password. Remove the protection and upload it again.")
    unpacked = sum(entry.file_size for entry in entries)
    too_dense = unpacked > _SMALL and unpacked > path.stat().st_size * limits.unpacked_ratio
    if too_dense or unpacked > limits.unpacked_bytes:
        raise ExtractionError(
            f"The Word document unpacks to {unpacked // MIB} MB, far more than a document of its size should. "
            "Save it again in Word, or split it, and upload the result."
        )


class _Reader:
    def __init__(self, document: Document, builder: TextBuilder) -> None:
        self._document = document
        self._builder = builder
        self._levels: dict[str | None, int] = {}
        self._title: str | None = None

    def read(self) -> Extracted:
        for item in self._document.iter_inner_content():
            if isinstance(item, Paragraph):
                self._paragraph(item)
            else:
                for row in _rows(item, 0):
                    self._builder.add(f"{row}\n")
                self._builder.add("\n")
        if self._builder.blank and self._document.part.package.image_parts:
            raise ExtractionError(
                "The Word document consists of images without text. Run text recognition (OCR) and upload the result."
            )
        return self._builder.build(Kind.DOCX, self._document.core_properties.title or self._title)

    def _paragraph(self, paragraph: Paragraph) -> None:
        level = self._level(paragraph)
        if level:
            self._title = self._title or paragraph.text
            self._builder.heading(paragraph.text, level)
        else:
            self._builder.block(paragraph.text)

    def _level(self, paragraph: Paragraph) -> int:
        """1 to 9 for a heading, 0 for all else; looked up once a style."""
        style_id = paragraph._p.style  # noqa: SLF001 - the public property searches all styles for each paragraph
        if style_id not in self._levels:
            name = ((paragraph.style.name if paragraph.style else None) or "").lower()
            heading = _HEADING_STYLE.fullmatch(name)
            self._levels[style_id] = int(heading[1]) if heading else int(name == "title")
        return self._levels[style_id]


def _rows(table: Table, depth: int) -> list[str]:
    """One line a row, cells divided by tabs; a cell that spans several columns is told once."""
    lines = []
    for row in table.rows:
        texts: list[str] = []
        previous = None
        for cell in row.cells:
            if cell._tc is previous:  # noqa: SLF001 - nothing public tells that two cells are the same
                continue
            previous = cell._tc  # noqa: SLF001 - see above
            inner = [line for nested in cell.tables for line in _rows(nested, depth + 1)] if depth < _MAX_DEPTH else []
            texts.append(" ".join([cell.text.replace("\n", " ").strip(), *inner]).strip())
        lines.append("\t".join(texts))
    return lines
