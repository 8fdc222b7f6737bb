"""Files of the kinds that people upload, made on the spot."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import docx
from fpdf import FPDF
from PIL import Image


def pdf(*pages: str, password: str | None = None, title: str | None = None, bookmarks: bool = False) -> bytes:
    """A PDF with one text a page; with bookmarks, one for each page."""
    document = FPDF()
    document.set_font("helvetica", size=11)
    if title:
        document.set_title(title)
    if password:
        document.set_encryption(owner_password=f"{password}-owner", user_password=password)
    for number, text in enumerate(pages, 1):
        document.add_page()
        if bookmarks:
            document.start_section(f"Part {number}")
        document.multi_cell(0, 6, text)
    return bytes(document.output())


def scanned_pdf() -> bytes:
    """A PDF that is nothing but a picture."""
    document = FPDF()
    document.add_page()
    document.image(Image.new("RGB", (60, 40), "navy"), w=100)
    return bytes(document.output())


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def word(path: Path) -> Path:
    """A Word document with a title, headings, paragraphs and a table."""
    document = docx.Document()
    document.add_heading("Ships", 0)
    document.add_paragraph("They float.")
    document.add_heading("Sails", 1)
    document.add_paragraph("Made of cloth.")
    table = document.add_table(rows=2, cols=2)
    for row, values in zip(table.rows, (("Name", "Masts"), ("Brig", "2")), strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    document.add_heading("Keels", 2)
    document.add_paragraph("Below the water.")
    document.save(str(path))
    return path


def archive(path: Path, entries: Iterable[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries:
            packed.writestr(name, data)
    return path
