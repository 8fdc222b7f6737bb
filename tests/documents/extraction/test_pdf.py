"""PDF."""

import pytest

from server.core.errors import ExtractionError
from server.documents.extraction.result import Limits, Section
from tests.documents.extraction import samples
from tests.documents.extraction.conftest import Read

PDF = "application/pdf"


def test_pages_and_bookmarks_stand_where_they_begin(read: Read) -> None:
    extracted = read(samples.pdf("First page.", "Second page.", title="Two", bookmarks=True), PDF)
    assert extracted.text == "First page.\n\nSecond page.\n\n"
    assert extracted.title == "Two"
    assert extracted.pages == (0, 13)
    assert extracted.sections == (Section("Part 1", 1, 0), Section("Part 2", 1, 13))


def test_the_type_is_seen_without_a_declaration(read: Read) -> None:
    assert read(samples.pdf("x")).mime_type == PDF


def test_a_protected_file_says_so(read: Read) -> None:
    with pytest.raises(ExtractionError, match=r"protected by a password\. Remove the protection"):
        read(samples.pdf("secret", password="open"), PDF)


def test_a_scanned_file_asks_for_text_recognition(read: Read) -> None:
    with pytest.raises(ExtractionError, match=r"images without a text layer.*\(OCR\)"):
        read(samples.scanned_pdf(), PDF)


def test_a_file_of_blank_pages_is_empty(read: Read) -> None:
    with pytest.raises(ExtractionError, match="The file is empty"):
        read(samples.pdf("", ""), PDF)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_file_that_was_cut_off_says_so(read: Read, share: float) -> None:
    content = samples.pdf(*["A page of text."] * 20)
    with pytest.raises(ExtractionError, match="ends in the middle; it was cut off"):
        read(content[: int(len(content) * share)], PDF)


def test_a_damaged_file_says_so(read: Read) -> None:
    with pytest.raises(ExtractionError, match="damaged"):
        read(b"%PDF-1.7\n" + b"\xa1\xb2\xc3 nonsense " * 50 + b"%%EOF", PDF)


def test_too_many_pages_are_refused(read: Read) -> None:
    with pytest.raises(ExtractionError, match="has 4 pages, which is over the limit of 3"):
        read(samples.pdf(*"abcd"), PDF, Limits(pages=3))


def test_a_text_about_pdf_is_a_text(read: Read) -> None:
    assert read("The magic number is %PDF-1.4.", "text/plain").mime_type == "text/plain"
