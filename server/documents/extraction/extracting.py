"""From a file to its text, in this process."""

from collections.abc import Callable, Mapping
from pathlib import Path

from server.documents.extraction.docx import extract_docx
from server.documents.extraction.html import extract_html
from server.documents.extraction.kinds import Kind
from server.documents.extraction.pdf import extract_pdf
from server.documents.extraction.plain import extract_markdown, extract_text
from server.documents.extraction.result import Extracted, Limits
from server.documents.extraction.sniffing import sniff
from server.documents.extraction.structured import extract_csv, extract_json, extract_json_lines

_READERS: Mapping[Kind, Callable[[Path, Limits], Extracted]] = {
    Kind.TEXT: extract_text,
    Kind.MARKDOWN: extract_markdown,
    Kind.HTML: extract_html,
    Kind.JSON: extract_json,
    Kind.JSON_LINES: extract_json_lines,
    Kind.CSV: extract_csv,
    Kind.PDF: extract_pdf,
    Kind.DOCX: extract_docx,
}


def extract(path: Path, declared: str | None, limits: Limits) -> Extracted:
    """The text of a file; an `ExtractionError` says why there is none and what to do about it.

    Only pages, sizes and ratios are limited here: time and memory need a process of its own.
    """
    return _READERS[sniff(path, declared)](path, limits)
