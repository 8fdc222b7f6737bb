"""PDF, by PDFium."""

import re
from contextlib import closing
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # ships no types

from server.core.errors import ExtractionError
from server.documents.extraction.building import TextBuilder
from server.documents.extraction.kinds import Kind
from server.documents.extraction.result import Extracted, Limits

_TAIL = 4096
_MAX_BOOKMARKS = 10_000
# PDFium marks a word that is divided at the end of a line with one of these.
_DIVIDED_WORD = re.compile("[\ufffe\x02](?:\r?\n)?")
_PROBLEMS = {
    pdfium.FPDF_ERR_PASSWORD: "is protected by a password. Remove the protection and upload it again",
    pdfium.FPDF_ERR_SECURITY: "uses an encryption that can't be read. Remove the protection and upload it again",
}


def extract_pdf(path: Path, limits: Limits) -> Extracted:
    """The text layer page by page; bookmarks become sections."""
    _refuse_truncated(path)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        problem = _PROBLEMS.get(error.err_code, "is damaged. Open it where it came from, save it again and upload that")
        raise ExtractionError(f"The PDF {problem}.") from None
    with document:
        count = len(document)
        if count > limits.pages:
            raise ExtractionError(
                f"The PDF has {count} pages, which is over the limit of {limits.pages}. Split it and upload the parts."
            )
        builder = TextBuilder(limits)
        bookmarks = _bookmarks(document)
        has_images = False
        for number in range(count):
            builder.page()
            for title, level in bookmarks.get(number, ()):
                builder.section(title, level)
            builder.block(_page_text(document, number))
            has_images = has_images or (builder.blank and _has_images(document, number))
        if builder.blank and has_images:
            raise ExtractionError(
                "The PDF consists of images without a text layer, as scanners make them. "
                "Run text recognition (OCR) on it and upload the result."
            )
        return builder.build(Kind.PDF, document.get_metadata_dict().get("Title"))


def _refuse_truncated(path: Path) -> None:
    """PDFium repairs what it can and would read half a file without a word."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        if b"%%EOF" not in file.read():
            raise ExtractionError("The PDF ends in the middle; it was cut off. Get it again, whole, and upload that.")


def _bookmarks(document: pypdfium2.PdfDocument) -> dict[int, list[tuple[str, int]]]:
    """Titles and levels of the bookmarks by the page that they lead to."""
    found: dict[int, list[tuple[str, int]]] = {}
    for count, bookmark in enumerate(document.get_toc()):
        if count == _MAX_BOOKMARKS:
            break
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            found.setdefault(page, []).append((bookmark.get_title(), bookmark.level + 1))
    return found


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        raise ExtractionError(
            f"Page {number + 1} of the PDF is damaged. Open it where it came from, save it again and upload that."
        ) from None
    with closing(page), closing(page.get_textpage()) as text_page:
        text: str = text_page.get_text_bounded()
    return _DIVIDED_WORD.sub("", text)


def _has_images(document: pypdfium2.PdfDocument, number: int) -> bool:
    with closing(document[number]) as page:
        return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))
