"""Files that are not what they are called."""

from pathlib import Path

import pytest

from server.core.errors import ExtractionError
from server.documents.extraction.kinds import Kind, declared_type, kind_of
from server.documents.extraction.sniffing import sniff
from tests.documents.extraction import samples
from tests.documents.extraction.conftest import Read


@pytest.mark.parametrize(
    ("content", "declared", "problem"),
    [
        (samples.png(), "application/pdf", "is a PNG image, from which no text"),
        (samples.png(), None, "is a PNG image"),
        (samples.pdf("x"), "text/plain", "declared as plain text, but its content is PDF"),
        (samples.pdf("x"), Kind.DOCX, "declared as a Word document .*, but its content is PDF"),
        (b"Just words.", "application/pdf", "declared as PDF, but its content is plain text"),
        (b"<html><p>Error 404", "application/pdf", "declared as PDF, but its content is HTML"),
        (b"<html><p>Error 404", "text/csv", "the page of an error was saved"),
        (b"<html><p>Error 404", "application/json", "the page of an error was saved"),
        (bytes(range(256)), "text/plain", "declared as plain text, but its content is binary data"),
        (bytes(range(256)), None, "binary data of an unknown kind"),
        (b"\x7fELF" + bytes(64), None, "is a program"),
        (b"\x1f\x8b\x08" + bytes(64), "text/plain", "a gzip archive"),
        (b"RIFF\x10\0\0\0WEBP" + bytes(64), None, "a picture, a recording or a film"),
        (b"\0\0\0\x20ftypmp42" + bytes(64), None, "a film or a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None, "an old Office format"),
        (b"{\\rtf1 x}", "text/plain", "an RTF document"),
        (b"anything", "image/png", "No text can be read from a file of type image/png"),
    ],
    # A PDF holds the second of its making: processes that share the tests must agree on their names.
    ids=lambda value: "content" if isinstance(value, bytes) else None,
)
def test_a_lying_file_is_told_what_it_is(read: Read, content: bytes, declared: str | None, problem: str) -> None:
    with pytest.raises(ExtractionError, match=problem):
        read(content, declared)


def test_a_protected_office_file_says_so(read: Read) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100_000) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(ExtractionError, match="protected by a password"):
        read(content, Kind.DOCX)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("xl/workbook.xml", "an Excel workbook"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
        ("holiday.jpg", "a zip archive"),
    ],
)
def test_other_packages_are_called_by_their_name(tmp_path: Path, entry: str, name: str) -> None:
    path = samples.archive(tmp_path / "x", [(entry, b"x")])
    with pytest.raises(ExtractionError, match=f"The file is {name}"):
        sniff(path, Kind.DOCX)


@pytest.mark.parametrize("content", [b"BMW builds cars.", b"MZ\xc3\x84 words", b"ID3 is a format."])
def test_a_text_that_begins_like_something_else_is_still_a_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert sniff(tmp_path / "x", "text/plain") is Kind.TEXT


@pytest.mark.parametrize(
    ("filename", "content_type", "declared"),
    [
        ("a.pdf", "application/octet-stream", "application/pdf"),
        ("A.PDF", None, "application/pdf"),
        ("notes.md", "text/plain", "text/markdown"),
        ("noname", "text/html; charset=utf-8", "text/html"),
        ("noname", "application/octet-stream", None),
        (None, None, None),
        ("picture.png", "image/png", "image/png"),
    ],
)
def test_the_end_of_the_name_counts_more_than_the_content_type(
    filename: str | None, content_type: str | None, declared: str | None
) -> None:
    assert declared_type(filename, content_type) == declared


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("text/x-python", Kind.TEXT),
        ("application/xml", Kind.TEXT),
        ("image/svg+xml", Kind.TEXT),
        ("application/ld+json", Kind.JSON),
        ("TEXT/HTML; charset=utf-8", Kind.HTML),
        ("text/tab-separated-values", Kind.CSV),
        ("application/zip", None),
        (None, None),
    ],
)
def test_types_go_by_many_names(declared: str | None, kind: Kind | None) -> None:
    assert kind_of(declared) is kind
