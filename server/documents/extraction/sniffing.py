"""What a file is by its content, whatever it is called."""

import zipfile
from pathlib import Path

from server.core.errors import ExtractionError
from server.documents.extraction.charset import looks_like_text
from server.documents.extraction.kinds import NAMES, SUPPORTED, Kind, kind_of

HEAD = 65536
_PDF_WITHIN = 1024
_CERTAIN = 4  # bytes; a text may well begin with fewer
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_SIGNATURES = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"BM", "a bitmap image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"fLaC", "a FLAC recording"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"{\\rtf", "an RTF document"),
    (b"wOF2", "a font"),
)
_PACKAGES = (
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("META-INF/", "a Java or OpenDocument archive"),
)
_TEXTUAL = {Kind.TEXT, Kind.MARKDOWN, Kind.HTML, Kind.JSON, Kind.JSON_LINES, Kind.CSV}


def sniff(path: Path, declared: str | None) -> Kind:
    """How to read a file; an `ExtractionError` if it can't be, or if it is not what it is declared to be."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if len(head) < HEAD and not head.strip(b" \t\r\n\xef\xbb\xbf"):
        raise ExtractionError("The file is empty. Upload one that has content.")
    wanted = kind_of(declared)
    if declared is not None and wanted is None:
        raise ExtractionError(f"No text can be read from a file of type {declared}. Upload {SUPPORTED}.")
    found = _by_signature(path, head)
    if found is None:
        if wanted in _TEXTUAL:
            return _textual(wanted, head)
        found = _guessed(head)
    if wanted is not None and wanted is not found:
        raise ExtractionError(
            f"The file is declared as {NAMES[wanted]}, but its content is {NAMES[found]}. "
            "Upload it under its real name and type, or repair it."
        )
    return found


def _by_signature(path: Path, head: bytes) -> Kind | None:
    if head.lstrip().startswith(b"%PDF-") or (b"%PDF-" in head[:_PDF_WITHIN] and not looks_like_text(head)):
        return Kind.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(path)
    if head.startswith(_OLE):
        if _ENCRYPTED_OFFICE in head or _ENCRYPTED_OFFICE in path.read_bytes():
            raise ExtractionError("The document is protected by a password. Remove the protection and upload it again.")
        raise _unreadable("a document of an old Office format")
    if head[4:8] == b"ftyp":
        raise _unreadable("a film or a picture")
    if head.startswith(b"RIFF"):
        raise _unreadable("a picture, a recording or a film")
    for signature, name in _SIGNATURES:
        if head.startswith(signature) and not (len(signature) < _CERTAIN and looks_like_text(head)):
            raise _unreadable(name)
    return None


def _in_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ExtractionError(
            "The file begins like a Word document or a zip archive, but is damaged or cut off. "
            "Open it where it came from, save it again and upload that."
        ) from None
    if "word/document.xml" in names:
        return Kind.DOCX
    package = next((name for folder, name in _PACKAGES if any(entry.startswith(folder) for entry in names)), None)
    raise _unreadable(package or "a zip archive")


def _textual(wanted: Kind, head: bytes) -> Kind:
    if not looks_like_text(head):
        raise ExtractionError(
            f"The file is declared as {NAMES[wanted]}, but its content is binary data of an unknown kind. "
            f"Upload {SUPPORTED}."
        )
    if wanted in {Kind.CSV, Kind.JSON, Kind.JSON_LINES} and _is_html(head):
        raise ExtractionError(
            f"The file is declared as {NAMES[wanted]}, but its content is HTML: perhaps the page of an error was saved "
            "in its place. Download it again."
        )
    return wanted


def _guessed(head: bytes) -> Kind:
    if not looks_like_text(head):
        raise ExtractionError(f"The file is binary data of an unknown kind. Upload {SUPPORTED}.")
    return Kind.HTML if _is_html(head) else Kind.TEXT


def _is_html(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def _unreadable(name: str) -> ExtractionError:
    return ExtractionError(f"The file is {name}, from which no text can be read. Upload {SUPPORTED}.")
