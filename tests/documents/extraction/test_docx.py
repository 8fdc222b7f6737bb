"""Word documents."""

import zipfile
from pathlib import Path

import docx
import pytest

from server.core.errors import ExtractionError
from server.documents.extraction.extracting import extract
from server.documents.extraction.kinds import Kind
from server.documents.extraction.result import Limits
from tests.documents.extraction import samples


def test_headings_paragraphs_and_tables_keep_their_order(tmp_path: Path) -> None:
    extracted = extract(samples.word(tmp_path / "x"), Kind.DOCX, Limits())
    assert extracted.text == (
        "Ships\n\nThey float.\n\nSails\n\nMade of cloth.\n\nName\tMasts\nBrig\t2\n\nKeels\n\nBelow the water.\n\n"
    )
    assert [(section.title, section.level) for section in extracted.sections] == [
        ("Ships", 1),
        ("Sails", 1),
        ("Keels", 2),
    ]
    assert all(extracted.text[section.offset :].startswith(section.title) for section in extracted.sections)
    assert (extracted.mime_type, extracted.title) == (Kind.DOCX.value, "Ships")


def test_a_cell_over_several_columns_is_told_once(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(0, 2).text = "narrow"
    document.save(str(tmp_path / "x"))
    assert extract(tmp_path / "x", None, Limits()).text.strip() == "wide\tnarrow"


def test_a_file_that_was_cut_off_says_so(tmp_path: Path) -> None:
    path = samples.word(tmp_path / "x")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ExtractionError, match="damaged or cut off"):
        extract(path, Kind.DOCX, Limits())


def test_a_hole_in_the_middle_is_noticed(tmp_path: Path) -> None:
    path = samples.word(tmp_path / "x")
    content = bytearray(path.read_bytes())
    place = content.index(b"word/document.xml") + 200
    content[place : place + 400] = bytes(400)
    path.write_bytes(content)
    with pytest.raises(ExtractionError, match="damaged"):
        extract(path, Kind.DOCX, Limits())


def test_a_document_without_text_is_empty(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "x"))
    with pytest.raises(ExtractionError, match="The file is empty"):
        extract(tmp_path / "x", None, Limits())


def test_a_document_of_pictures_asks_for_text_recognition(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(samples.png())
    document = docx.Document()
    document.add_picture(str(tmp_path / "picture.png"))
    document.save(str(tmp_path / "x"))
    with pytest.raises(ExtractionError, match=r"images without text.*\(OCR\)"):
        extract(tmp_path / "x", None, Limits())


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = samples.archive(tmp_path / "x", [("word/document.xml", bytes(64 * 1024 * 1024))])
    assert bomb.stat().st_size < 100_000
    with pytest.raises(ExtractionError, match="unpacks to 64 MB, far more"):
        extract(bomb, Kind.DOCX, Limits())


def test_entities_that_multiply_are_not_expanded(tmp_path: Path) -> None:
    path = samples.word(tmp_path / "whole")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    attack = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d>&l9;</d>'.encode()
    with zipfile.ZipFile(path) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    replaced = [(name, attack if name == "word/document.xml" else data) for name, data in entries]
    with pytest.raises(ExtractionError):
        extract(samples.archive(tmp_path / "x", replaced), Kind.DOCX, Limits())
