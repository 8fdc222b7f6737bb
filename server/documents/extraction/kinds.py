"""The types of files that can be read, by the names they go by."""

from enum import StrEnum
from pathlib import PurePath


class Kind(StrEnum):
    """A way to read a file; the value is the type that a document of that kind is stored with."""

    TEXT = "text/plain"
    MARKDOWN = "text/markdown"
    HTML = "text/html"
    JSON = "application/json"
    JSON_LINES = "application/x-ndjson"
    CSV = "text/csv"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


NAMES = {
    Kind.TEXT: "plain text",
    Kind.MARKDOWN: "Markdown",
    Kind.HTML: "HTML",
    Kind.JSON: "JSON",
    Kind.JSON_LINES: "JSON lines",
    Kind.CSV: "CSV",
    Kind.PDF: "PDF",
    Kind.DOCX: "a Word document (.docx)",
}
SUPPORTED = "plain text, Markdown, HTML, JSON, CSV, PDF and Word (.docx)"

_EXTENSIONS = {
    ".txt": Kind.TEXT,
    ".text": Kind.TEXT,
    ".log": Kind.TEXT,
    ".rst": Kind.TEXT,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".xhtml": Kind.HTML,
    ".json": Kind.JSON,
    ".jsonl": Kind.JSON_LINES,
    ".ndjson": Kind.JSON_LINES,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
}
_ALIASES = {
    "text/x-markdown": Kind.MARKDOWN,
    "application/xhtml+xml": Kind.HTML,
    "text/json": Kind.JSON,
    "application/jsonl": Kind.JSON_LINES,
    "application/jsonlines": Kind.JSON_LINES,
    "application/csv": Kind.CSV,
    "text/tab-separated-values": Kind.CSV,
    "application/x-pdf": Kind.PDF,
    **dict.fromkeys(("application/xml", "application/yaml", "application/x-yaml", "application/toml"), Kind.TEXT),
    **dict.fromkeys(("application/javascript", "application/x-sh", "application/sql"), Kind.TEXT),
}
_SAYS_NOTHING = {"", "application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded"}


def declared_type(filename: str | None, content_type: str | None) -> str | None:
    """What an uploader says a file is: by the end of its name where that is known, else by its content type."""
    kind = _EXTENSIONS.get(PurePath(filename or "").suffix.lower())
    if kind is not None:
        return kind.value
    plain = (content_type or "").partition(";")[0].strip().lower()
    return None if plain in _SAYS_NOTHING else plain


def kind_of(declared: str | None) -> Kind | None:
    """The kind that a declared type means; None if it means none that can be read."""
    if declared is None:
        return None
    plain = declared.partition(";")[0].strip().lower()
    if plain in set(Kind):
        return Kind(plain)
    if plain.endswith("+json"):
        return Kind.JSON
    return _ALIASES.get(plain, Kind.TEXT if plain.startswith("text/") or plain.endswith("+xml") else None)
